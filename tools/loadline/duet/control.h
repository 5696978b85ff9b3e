#ifndef TOOLS_LOADLINE_DUET_CONTROL_H_
#define TOOLS_LOADLINE_DUET_CONTROL_H_

#include "tools/loadline/compare/paired.h"
#include "tools/loadline/duet/program_pair.h"
#include "tools/loadline/duet/sequential_test.h"

namespace loadline::duet {

inline constexpr double kSpike = 0.03;  // of kBaseAndSpike: the share of work that is added

// One control: always the base program on both sides, another benchmark in each sample.
struct Control {
  Arms arms;
  SequentialTest test;
  bool stopped = false;
};

// Of the terms of a benchmark. A control is over no sooner than it can say something: each of its
// claims is made at alpha / 2, and all are about the typical time, for its samples are of many
// benchmarks. It may take twice a benchmark's seconds.
TestTerms TermsOfControl(const TestTerms& benchmark);

// True while a control has had too few restarts to say anything.
bool NeedsMore(const Control& control);

// Adds to `paired` what the control shows: a note where it came out as it should, why the run is
// void where the base differs from itself, and blind where it was not seen that it does kSpike more
// work. Where it has had fewer restarts than it needs, no more than that.
void JudgeControl(const Control& control, compare::PairedRuns& paired);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_CONTROL_H_
