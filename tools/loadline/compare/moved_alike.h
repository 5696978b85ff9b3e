#ifndef TOOLS_LOADLINE_COMPARE_MOVED_ALIKE_H_
#define TOOLS_LOADLINE_COMPARE_MOVED_ALIKE_H_

#include "tools/loadline/compare/verdict.h"

namespace loadline::compare {

// Where nearly all times that decide moved alike, verdict.moved_alike becomes the median of their
// changes, and each gets its beside_the_rest. A slower machine and something that every benchmark
// uses look the same: it judges nothing.
//
// They did where the median lies beyond 1 % (by a sign test, each way at half of 1 %) and nine of
// ten are no farther from it than the larger of half their interval and a quarter of the median.
void FindMovedAlike(CompareVerdict& verdict);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_MOVED_ALIKE_H_
