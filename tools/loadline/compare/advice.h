#ifndef TOOLS_LOADLINE_COMPARE_ADVICE_H_
#define TOOLS_LOADLINE_COMPARE_ADVICE_H_

#include <cstddef>
#include <vector>

#include "tools/loadline/compare/compare.h"
#include "tools/loadline/compare/effect.h"

namespace loadline::compare {

// What it takes to decide a question that stayed open: how many processes a side see, in four of
// five comparisons, a change of twice the margin as worse and no change as not worse (the two are
// equally far from the margin). Of a change that was not called among so many
// (Reason::kNotAmongSoMany): how many see one of the estimated size at the gate's level. Kept in
// Change::processes_to_tell.
//
// The answer takes a third of a millisecond, so that only this many changes get one: the gated ones
// first, then those with the largest change for the worse.
inline constexpr size_t kMostAdvised = 500;
// `questions` are those of the changes, in the order of the benchmarks and their changes.
void AdviseProcesses(const std::vector<EffectQuestion>& questions, CompareVerdict& verdict);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_ADVICE_H_
