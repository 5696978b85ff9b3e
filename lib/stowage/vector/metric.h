#ifndef STOWAGE_VECTOR_METRIC_H_
#define STOWAGE_VECTOR_METRIC_H_

#include "stowage/storage/stored_enum.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

inline const StoredEnum<Metric>& Metrics() {
  static constexpr absl::string_view kNames[] = {"l2", "ip", "cosine"};
  static constexpr StoredEnum<Metric> kMetrics("metric", kNames);
  return kMetrics;
}

}  // namespace stowage

#endif  // STOWAGE_VECTOR_METRIC_H_
