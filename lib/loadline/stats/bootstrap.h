#ifndef LOADLINE_STATS_BOOTSTRAP_H_
#define LOADLINE_STATS_BOOTSTRAP_H_

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "loadline/stats/interval.h"

namespace loadline::stats {

// A number made of a sample, such as Mean. Called with as many values as the sample has, never
// with none.
using Statistic = absl::FunctionRef<double(absl::Span<const double>)>;

struct BootstrapOptions {
  uint64_t seed = 0;           // the same seed gives the same interval, on every machine
  double confidence = 0.95;    // two-sided, in (0, 1)
  uint32_t resamples = 2'000;  // at least 100
};

inline constexpr size_t kMinBootstrapSample = 10;

// The bias-corrected and accelerated interval of Efron 1987 for what `statistic` estimates; its
// coverage is approximate, and poor for few values: for the centre of a sample SignedRankInterval
// is exact. All resamples alike (a constant sample): the interval is that one point.
// Calls `statistic` resamples + n + 1 times.
//
// InvalidArgument: fewer than kMinBootstrapSample values, options out of range, a value or a
// statistic that is not finite.
absl::StatusOr<Interval> BcaInterval(absl::Span<const double> sample, Statistic statistic,
                                     const BootstrapOptions& options);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_BOOTSTRAP_H_
