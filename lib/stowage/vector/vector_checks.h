#ifndef STOWAGE_VECTOR_VECTOR_CHECKS_H_
#define STOWAGE_VECTOR_VECTOR_CHECKS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// Components beyond this are refused: their squares no longer fit a float.
inline constexpr float kMaxComponent = 1e18F;
// Under kCosine a vector shorter than this has no direction that floats could hold.
inline constexpr double kMinCosineNorm = 1e-18;

// kInvalidArgument: dimension 0 or above kMaxDimension; no such metric or index; a target that is
// no recall.
absl::Status CheckConfig(const StoreConfig& config);

// kInvalidArgument, naming the component: wrong dimension, NaN, infinity, |x| > kMaxComponent,
// under kCosine a vector of norm below kMinCosineNorm.
absl::Status CheckValues(absl::Span<const float> values, const StoreConfig& config);

// `queries` are vectors one behind the other. kInvalidArgument, naming the position of one: as
// CheckValues; the last one is cut off.
absl::Status CheckQueries(absl::Span<const float> queries, const StoreConfig& config);

// kInvalidArgument: NaN or negative.
absl::Status CheckTargetRecall(double target);

// kInvalidArgument: as CheckValues; lines negative or out of order (0 to 0 is "unknown").
absl::Status CheckEntry(const VectorEntry& entry, const StoreConfig& config);

// Checks every entry. kInvalidArgument, naming the entry's position and id: as CheckEntry; one id
// twice; more than `max_bytes` of floats and text in all.
absl::Status CheckEntries(absl::Span<const VectorEntry> entries, const StoreConfig& config,
                          size_t max_bytes);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_VECTOR_CHECKS_H_
