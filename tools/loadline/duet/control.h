#ifndef TOOLS_LOADLINE_DUET_CONTROL_H_
#define TOOLS_LOADLINE_DUET_CONTROL_H_

#include "tools/loadline/duet/contest.h"
#include "tools/loadline/duet/stage.h"
#include "tools/loadline/judge/paired.h"

namespace loadline::duet {

// One control: always the base program on both sides, another benchmark in each restart.
struct Control {
  Cast cast;
  Contest contest;
  bool stopped = false;
};

// Adds to `paired` what the control shows: a note where it came out as it should, a doubt where the
// base differs from itself, or where it was not seen that it does `spike` (a share) more work. Each
// is claimed at alpha / 2; a control that has had fewer restarts than such a claim takes says no
// more than that.
void JudgeControl(const Control& control, double alpha, double spike, judge::PairedRuns& paired);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_CONTROL_H_
