#ifndef TOOLS_LOADLINE_JUDGE_GEOMETRIC_MEAN_H_
#define TOOLS_LOADLINE_JUDGE_GEOMETRIC_MEAN_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "tools/loadline/judge/compare.h"
#include "tools/loadline/judge/side.h"

namespace loadline::judge {

// The change of the geometric mean of the times (PrimaryTime) of the benchmarks that both sides
// measured and that are comparable. One number a process, the mean logarithm over benchmarks, and
// the shift between the sides' numbers by Hodges and Lehmann, with the rank-sum interval at
// `confidence` where there are enough processes for one: inference over processes, as for a single
// benchmark. A benchmark with fewer processes than most of its side's is left out; of one with
// more, the first ones count. None when no benchmark is left.
std::optional<GeometricMean> MeanChange(absl::Span<const BenchmarkComparison> benchmarks,
                                        const Side& base, const Side& fresh, double confidence);

}  // namespace loadline::judge

#endif  // TOOLS_LOADLINE_JUDGE_GEOMETRIC_MEAN_H_
