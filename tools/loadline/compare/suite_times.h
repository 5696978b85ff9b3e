#ifndef TOOLS_LOADLINE_COMPARE_SUITE_TIMES_H_
#define TOOLS_LOADLINE_COMPARE_SUITE_TIMES_H_

#include <optional>
#include <vector>

#include "tools/loadline/compare/matching.h"
#include "tools/loadline/compare/verdict.h"

namespace loadline::compare {

// What the times of all benchmarks say together. Decides nothing.

// The change of the geometric mean of the times (PrimaryTime) of the benchmarks that both sides
// measured and that are comparable; none when no benchmark is left. Interval at verdict.confidence.
// `asked`: what was asked about verdict.benchmarks, in their order and in that of their changes.
//
// One number a process, the mean logarithm over benchmarks, and the shift between the sides'
// numbers by Hodges and Lehmann, with the rank-sum interval where there are enough processes for
// one: inference over processes, as for a single benchmark. A benchmark with fewer processes than
// most of its side's is left out; of one with more, the first ones count. Where that gives no
// interval, and of pairs, MeanOfChanges.
std::optional<GeometricMean> MeanOfTimes(const CompareVerdict& verdict,
                                         const std::vector<std::vector<Asked>>& asked, bool paired);

// The same of benchmarks that have intervals of their own, measured in turns or with a recorded
// noise: the mean of the logarithms of their changes. Their errors are independent and taken for
// normal, so that the variance of the mean is the sum of theirs over the number of benchmarks
// squared. Without an interval if one of them has none.
std::optional<GeometricMean> MeanOfChanges(const CompareVerdict& verdict);

// Where nearly all times that decide moved alike, verdict.moved_alike becomes the median of their
// changes, and each gets its beside_the_rest. A slower machine and something that every benchmark
// uses look the same: it judges nothing.
//
// They did where the median lies beyond 1 % (by a sign test, each way at half of 1 %) and nine of
// ten are no farther from it than the larger of half their interval and a quarter of the median.
void FindMovedAlike(CompareVerdict& verdict);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_SUITE_TIMES_H_
