#ifndef LOADLINE_STATS_SAMPLE_H_
#define LOADLINE_STATS_SAMPLE_H_

#include <vector>

#include "absl/types/span.h"

namespace loadline::stats {

// Statistics of a plain sample of finite numbers. Pure functions. REQUIRES: not empty.

// Nearest-rank quantile: the smallest value v of the sample with at least ceil(q * n) values <= v
// (Hyndman & Fan 1996, definition 1); always a value that was observed, the same definition as
// LatencyHistogram::QuantileNanos. q in [0, 1]; q = 0 gives the minimum.
double Quantile(absl::Span<const double> sample, double q);

// The middle value, or the mean of the two middle values (Hyndman & Fan 1996, definition 2 at 0.5).
double Median(absl::Span<const double> sample);

double Mean(absl::Span<const double> sample);
// Around the sample's own mean, over n - 1. REQUIRES: two values at least.
double Variance(absl::Span<const double> sample);
double Min(absl::Span<const double> sample);
double Max(absl::Span<const double> sample);

// Whether the sample holds neither infinities nor NaN; asked of any sample.
bool AllFinite(absl::Span<const double> sample);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_SAMPLE_H_
