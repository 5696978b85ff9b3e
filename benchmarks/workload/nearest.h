#ifndef BENCHMARKS_WORKLOAD_NEAREST_H_
#define BENCHMARKS_WORKLOAD_NEAREST_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::workload {

// How near two vectors are; smaller is nearer in all three.
//   kSquaredL2:    sum (a_i - b_i)^2
//   kInnerProduct: 1 - sum a_i b_i
//   kCosine:       1 - cos(a, b)
enum class Distance : uint32_t { kSquaredL2, kInnerProduct, kCosine };
inline constexpr Distance kAllDistances[] = {Distance::kSquaredL2, Distance::kInnerProduct,
                                             Distance::kCosine};

absl::string_view DistanceName(Distance distance);  // "l2", "ip", "cosine"

// A view of row-major floats: rows x dimension.
struct MatrixView {
  absl::Span<const float> values;
  size_t dimension = 0;

  size_t rows() const { return dimension == 0 ? 0 : values.size() / dimension; }
  absl::Span<const float> row(size_t i) const { return values.subspan(i * dimension, dimension); }
  MatrixView first(size_t count) const { return {values.first(count * dimension), dimension}; }
};

// The distance in double precision. Not a number under kCosine when a vector is zero.
double TrueDistance(Distance distance, absl::Span<const float> a, absl::Span<const float> b);

// The nearest rows of one query: nearest first, ties by row.
struct NeighborsView {
  absl::Span<const uint32_t> rows;
  absl::Span<const float> distances;
};

// The nearest rows of many queries.
struct NeighborTable {
  Distance distance = Distance::kCosine;
  size_t base_rows = 0;          // how many rows were searched: rows 0..base_rows-1
  size_t depth = 0;              // neighbours a query: min(depth asked for, base_rows)
  std::vector<uint32_t> rows;    // queries x depth
  std::vector<float> distances;  // as many

  NeighborsView query(size_t i) const {
    return {absl::MakeConstSpan(rows).subspan(i * depth, depth),
            absl::MakeConstSpan(distances).subspan(i * depth, depth)};
  }
};

// Exact neighbours by comparing every query with every row, in double precision; one table for
// each distance. L2 is |q|^2 + |b|^2 - 2 qb, good to about 1e-15 of the squared lengths. Costs
// queries x rows x dimension; uses all CPUs.
// REQUIRES: equal dimensions, fewer than 2^32 rows, finite values, no zero vector under kCosine.
std::vector<NeighborTable> ExactNeighbors(MatrixView base, MatrixView queries, size_t depth,
                                          absl::Span<const Distance> distances);

// The part of the true k nearest that was found: |found and true| / k, with k clamped to the
// number of true neighbours. Only the first k of `found` count, each row once. A row that is as
// near as the true k-th neighbour (to 1e-6 of its distance) counts as true, since which of equal
// rows is returned is chance; `distance_of(row)` gives the true distance of a row that is not among
// the first k, and is never called for another. Rows from base_rows on are wrong.
// REQUIRES: k >= 1, truth not empty.
double RecallAtK(NeighborsView truth, absl::Span<const uint64_t> found, size_t k, size_t base_rows,
                 const std::function<double(uint64_t row)>& distance_of);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_NEAREST_H_
