#include "stowage/vector/vector_types.h"

#include "stowage/vector/metric.h"

namespace stowage {

absl::string_view MetricName(Metric metric) { return Metrics().Name(metric); }

absl::StatusOr<Metric> ParseMetric(absl::string_view text) { return Metrics().Parse(text); }

}  // namespace stowage
