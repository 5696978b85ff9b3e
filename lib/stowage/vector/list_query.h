#ifndef STOWAGE_VECTOR_LIST_QUERY_H_
#define STOWAGE_VECTOR_LIST_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "stowage/vector/list_kernels.h"
#include "stowage/vector/residual_code.h"
#include "stowage/vector/rotation.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// How the vectors of a store are turned into what its lists code: taken from the coding mean and
// rotated. Fixed until the lists are made anew. Immutable; thread-safe.
class ListCoding {
 public:
  // What the eight-bit codes are codes of: what is left of a row without its list's centre, or
  // without the mean alone. The former is sharper, the latter lets two rows be held against each
  // other, as a graph needs.
  enum class Bytes { kAroundCentre, kAroundMean };

  // `mean` has config.dimension floats, of the vectors as the metric sees them (under kCosine
  // divided by their norms).
  ListCoding(const StoreConfig& config, std::vector<float> mean, uint64_t seed,
             Bytes bytes = Bytes::kAroundCentre);

  const StoreConfig& config() const { return config_; }
  bool squared_l2() const { return config_.metric == Metric::kSquaredL2; }
  size_t dim() const { return rotation_.padded(); }
  HotCode hot() const { return hot_; }
  Bytes bytes() const { return bytes_; }
  bool HasByteRows() const { return HasByteRows(hot_, bytes_); }
  static bool HasByteRows(HotCode hot, Bytes bytes) {
    return hot != HotCode::kEightBit || bytes == Bytes::kAroundMean;
  }
  absl::Span<const float> mean() const { return mean_; }
  // Rotated; what is added to a list's centre to make its reference, but under squared L2.
  absl::Span<const float> rotated_mean() const { return rotated_mean_; }

  // The reference (see residual_code.h) of a list whose centre is the mean: under squared L2
  // nothing.
  absl::Span<const float> mean_reference() const { return mean_reference_; }

  // The row factor * values, less the mean, rotated: dim() floats.
  void Project(absl::Span<const float> values, float factor, float* rotated) const;
  // factor * values, rotated.
  void Rotate(absl::Span<const float> values, float factor, float* rotated) const;

  // <query, code> of a one-bit code by the number of its signs that are the query's other ones,
  // times what makes the query's length of its sum (see ListQuery::sign_scale).
  absl::Span<const float> sign_scores() const { return sign_scores_; }

  size_t memory_bytes() const;

 private:
  StoreConfig config_;
  Rotation rotation_;
  HotCode hot_;
  Bytes bytes_;
  std::vector<float> mean_;
  std::vector<float> rotated_mean_;
  std::vector<float> mean_reference_;
  std::vector<float> sign_scores_;  // only for one-bit codes
};

// A rotated vector in 14 bits a component: see ByteQuery.
struct SplitBytes {
  std::vector<int8_t> high;
  std::vector<int8_t> low;
  ByteQuery bytes;  // of the two
  float step = 0;
  float error = 0;  // the length of what is lost

  // What one of so many components occupies.
  static size_t BytesFor(size_t dim) { return sizeof(SplitBytes) + 2 * (PaddedBytes(dim) + 16); }
  // About a component.
  float Value(size_t j) const {
    return step * static_cast<float>(128 * int{high[j]} + int{low[j]});
  }
  // The inner product with a code of which this is the dot product.
  float Product(const ByteDot& dot) const {
    return step * (128.0F * static_cast<float>(dot.high) + static_cast<float>(dot.low));
  }
};
// Reuses the memory of `split`.
void Split(absl::Span<const float> rotated, SplitBytes& split);

// A query, made ready for every kind of code. To be used by one thread at a time.
struct ListQuery {
  std::vector<float> values;   // as the metric sees it
  std::vector<float> rotated;  // under squared L2 less the mean
  float length = 0;            // of `rotated`

  // In four bits a component, for one-bit codes: ~ step * (v - 7.5), v by its bits in four planes
  // of dim / 32 words, the highest last: the signs.
  std::vector<uint32_t> planes;
  float step = 0;
  float plane_error = 0;  // ||rotated - what the planes say||
  // By its signs alone: component ~ scale * sign.
  float sign_scale = 0;
  float sign_error = 0;

  SplitBytes split;
  float on_mean = 0;  // <rotated, rotated mean>; 0 under squared L2

  absl::Span<const uint32_t> signs() const {
    return absl::MakeConstSpan(planes).subspan(planes.size() / 4 * 3);
  }
};

// `values` is valid for the store (see vector_checks.h). Reuses the memory of `query`.
void PrepareQuery(const ListCoding& coding, absl::Span<const float> values, ListQuery& query);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LIST_QUERY_H_
