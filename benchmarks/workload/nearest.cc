#include "benchmarks/workload/nearest.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "benchmarks/workload/parallel_for.h"

namespace loadline::workload {
namespace {

// Eight sums that do not wait for each other; always added up in the same order, so that equal
// rows get equal distances.
double Dot(const float* a, const float* b, size_t size) {
  constexpr size_t kLanes = 8;
  double sums[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += double{a[i + lane]} * double{b[i + lane]};
    }
  }
  for (; i < size; ++i) sums[i % kLanes] += double{a[i]} * double{b[i]};
  return std::accumulate(sums, sums + kLanes, 0.0);
}

double Dot(absl::Span<const float> a, absl::Span<const float> b) {
  return Dot(a.data(), b.data(), a.size());
}

double FromProducts(Distance distance, double ab, double aa, double bb) {
  switch (distance) {
    case Distance::kSquaredL2:
      return std::max(0.0, aa + bb - 2.0 * ab);
    case Distance::kInnerProduct:
      return 1.0 - ab;
    case Distance::kCosine:
      return 1.0 - ab / std::sqrt(aa * bb);
  }
  return 0;
}

std::vector<double> SquaredLengths(MatrixView matrix) {
  std::vector<double> squares(matrix.rows());
  for (size_t i = 0; i < squares.size(); ++i) squares[i] = Dot(matrix.row(i), matrix.row(i));
  return squares;
}

// Products of queries [begin, end) with every row: (end - begin) x rows. A tile of rows stays in
// the cache while all queries pass over it.
std::vector<double> Products(MatrixView base, MatrixView queries, size_t begin, size_t end) {
  constexpr size_t kTileRows = 128;
  const size_t rows = base.rows();
  std::vector<double> products((end - begin) * rows);
  for (size_t tile = 0; tile < rows; tile += kTileRows) {
    const size_t tile_end = std::min(rows, tile + kTileRows);
    for (size_t q = begin; q < end; ++q) {
      double* out = &products[(q - begin) * rows];
      for (size_t r = tile; r < tile_end; ++r) out[r] = Dot(queries.row(q), base.row(r));
    }
  }
  return products;
}

// Writes the table's neighbours of query q, whose distance to each row is given.
void SelectNearest(absl::Span<const double> distances, size_t q, NeighborTable& table) {
  std::vector<uint32_t> order(distances.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto nearer = [&](uint32_t a, uint32_t b) {
    return distances[a] != distances[b] ? distances[a] < distances[b] : a < b;
  };
  const auto end = order.begin() + static_cast<ptrdiff_t>(table.depth);
  std::partial_sort(order.begin(), end, order.end(), nearer);
  for (size_t i = 0; i < table.depth; ++i) {
    table.rows[q * table.depth + i] = order[i];
    table.distances[q * table.depth + i] = static_cast<float>(distances[order[i]]);
  }
}

}  // namespace

absl::string_view DistanceName(Distance distance) {
  constexpr absl::string_view kNames[] = {"l2", "ip", "cosine"};
  return kNames[static_cast<size_t>(distance)];
}

double TrueDistance(Distance distance, absl::Span<const float> a, absl::Span<const float> b) {
  assert(a.size() == b.size());
  return FromProducts(distance, Dot(a, b), Dot(a, a), Dot(b, b));
}

std::vector<NeighborTable> ExactNeighbors(MatrixView base, MatrixView queries, size_t depth,
                                          absl::Span<const Distance> distances) {
  assert(base.dimension == queries.dimension);
  const size_t rows = base.rows();
  std::vector<NeighborTable> tables;
  for (Distance distance : distances) {
    NeighborTable table{.distance = distance, .base_rows = rows, .depth = std::min(depth, rows)};
    table.rows.resize(queries.rows() * table.depth);
    table.distances.resize(table.rows.size());
    tables.push_back(std::move(table));
  }
  const std::vector<double> base_squares = SquaredLengths(base);
  const std::vector<double> query_squares = SquaredLengths(queries);
  // Batches of about 32 MB of products, whatever the number of rows.
  const size_t batch = std::max<size_t>(1, (size_t{4} << 20) / std::max<size_t>(1, rows));
  ParallelFor(queries.rows(), [&](size_t begin, size_t end) {
    std::vector<double> distances_of_query(rows);
    for (; begin < end; begin = std::min(end, begin + batch)) {
      const size_t batch_end = std::min(end, begin + batch);
      const std::vector<double> products = Products(base, queries, begin, batch_end);
      for (size_t q = begin; q < batch_end; ++q) {
        const absl::Span<const double> of_query(&products[(q - begin) * rows], rows);
        for (NeighborTable& table : tables) {
          for (size_t r = 0; r < rows; ++r) {
            distances_of_query[r] =
                FromProducts(table.distance, of_query[r], query_squares[q], base_squares[r]);
          }
          SelectNearest(distances_of_query, q, table);
        }
      }
    }
  });
  return tables;
}

double RecallAtK(NeighborsView truth, absl::Span<const uint64_t> found, size_t k, size_t base_rows,
                 const std::function<double(uint64_t row)>& distance_of) {
  k = std::min(k, truth.rows.size());
  assert(k >= 1);
  const absl::Span<const uint32_t> nearest = truth.rows.first(k);
  const double kth = truth.distances[k - 1];
  const double limit = kth + 1e-6 * std::abs(kth);
  const absl::Span<const uint64_t> answers = found.first(std::min(k, found.size()));
  size_t hits = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    const uint64_t row = answers[i];
    const auto before = answers.begin() + static_cast<ptrdiff_t>(i);
    if (row >= base_rows || std::find(answers.begin(), before, row) != before) continue;
    const bool listed = std::find(nearest.begin(), nearest.end(), row) != nearest.end();
    if (listed || distance_of(row) <= limit) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(k);
}

}  // namespace loadline::workload
