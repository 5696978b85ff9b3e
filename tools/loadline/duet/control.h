#ifndef TOOLS_LOADLINE_DUET_CONTROL_H_
#define TOOLS_LOADLINE_DUET_CONTROL_H_

#include "tools/loadline/compare/paired.h"
#include "tools/loadline/duet/program_pair.h"
#include "tools/loadline/duet/sequential_test.h"

namespace loadline::duet {

// One control: always the base program on both sides, another benchmark in each sample.
struct Control {
  Arms arms;
  SequentialTest test;
  bool stopped = false;
};

// A control is over no sooner than it can say something: each of its claims is made at alpha / 2,
// and all are about the typical time, for its samples are of many benchmarks. `benchmark` has the
// margin and the limits of a benchmark; a control may take twice its seconds.
TestTerms TermsOfControl(const TestTerms& benchmark);

// True while a control has had too few restarts to say anything.
bool NeedsMore(const Control& control, double alpha);

// Adds to `paired` what the control shows: a note where it came out as it should, why the run is
// void where the base differs from itself, and blind where it was not seen that it does `spike` (a
// share) more work. Of a
// control that has had fewer restarts than it needs it says no more than that.
void JudgeControl(const Control& control, double alpha, double spike, compare::PairedRuns& paired);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_CONTROL_H_
