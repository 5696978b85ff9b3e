#include "stowage/vector/vector_types.h"

#include "stowage/vector/index_kind.h"
#include "stowage/vector/metric.h"

namespace stowage {

absl::string_view MetricName(Metric metric) { return Metrics().Name(metric); }

absl::StatusOr<Metric> ParseMetric(absl::string_view text) { return Metrics().Parse(text); }

absl::string_view IndexKindName(IndexKind kind) { return IndexKinds().Name(kind); }

absl::StatusOr<IndexKind> ParseIndexKind(absl::string_view text) {
  return IndexKinds().Parse(text);
}

}  // namespace stowage
