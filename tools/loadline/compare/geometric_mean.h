#ifndef TOOLS_LOADLINE_COMPARE_GEOMETRIC_MEAN_H_
#define TOOLS_LOADLINE_COMPARE_GEOMETRIC_MEAN_H_

#include <optional>
#include <string>

#include "absl/types/span.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/samples/side.h"

namespace loadline::compare {

// The change of the geometric mean of the times (PrimaryTime) of the benchmarks that both sides
// measured and that are comparable. One number a process, the mean logarithm over benchmarks, and
// the shift between the sides' numbers by Hodges and Lehmann, with the rank-sum interval at
// `confidence` where there are enough processes for one: inference over processes, as for a single
// benchmark. A benchmark with fewer processes than most of its side's is left out; of one with
// more, the first ones count. None when no benchmark is left.
std::optional<GeometricMean> MeanChange(absl::Span<const BenchmarkComparison> benchmarks,
                                        const samples::Side& base, const samples::Side& candidate,
                                        double confidence);

// The same of benchmarks that have intervals of their own at `confidence`, measured in turns or
// with a recorded noise: the mean of the logarithms of their changes. Their errors are independent
// and taken for normal, so that the variance of the mean is the sum of theirs over the number of
// benchmarks squared. Without an interval if one of them has none. `metrics`: the names of changes'
// metrics.
std::optional<GeometricMean> MeanOfChanges(absl::Span<const BenchmarkComparison> benchmarks,
                                           absl::Span<const std::string> metrics,
                                           double confidence);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_GEOMETRIC_MEAN_H_
