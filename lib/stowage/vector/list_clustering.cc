#include "stowage/vector/list_clustering.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stowage {
namespace {

constexpr size_t kOneListBelow = 4'096;
constexpr int kRounds = 6;

// A linear congruential generator: only to spread a sample.
uint64_t Next(uint64_t& state) {
  state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
  return state >> 33;
}

// The first `count` of a random order of n rows.
std::vector<size_t> Sample(size_t n, size_t count, uint64_t seed) {
  std::vector<size_t> rows(n);
  std::iota(rows.begin(), rows.end(), size_t{0});
  for (size_t i = 0; i < count; ++i) std::swap(rows[i], rows[i + Next(seed) % (n - i)]);
  rows.resize(count);
  return rows;
}

}  // namespace

size_t ListsFor(size_t rows) {
  if (rows < kOneListBelow) return 1;
  return static_cast<size_t>(1.1 * std::sqrt(static_cast<double>(rows)));
}

ListCentres FindCentres(const ListCoding& coding, absl::Span<const float> projected, size_t lists,
                        uint64_t seed) {
  const size_t dim = coding.dim();
  const size_t n = projected.size() / dim;
  lists = std::min(lists, n);
  const std::vector<size_t> rows = Sample(n, std::min(n, lists * kSampleRowsPerList), seed);
  std::vector<SplitBytes> split(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) Split(projected.subspan(rows[i] * dim, dim), split[i]);
  ListCentres centres(coding);
  for (size_t list = 0; list < lists; ++list) {
    centres.Add(projected.subspan(rows[list] * dim, dim));
  }
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> sums(lists * dim);
    std::vector<size_t> sizes(lists);
    for (size_t i = 0; i < rows.size(); ++i) {
      const uint32_t list = centres.Nearest(split[i]);
      ++sizes[list];
      const float* const row = &projected[rows[i] * dim];
      for (size_t j = 0; j < dim; ++j) sums[list * dim + j] += double{row[j]};
    }
    ListCentres moved(coding);
    std::vector<float> centre(dim);
    for (size_t list = 0; list < lists; ++list) {
      // A centre that no row is nearest to begins anew at one.
      const float* const row = &projected[rows[Next(seed) % rows.size()] * dim];
      for (size_t j = 0; j < dim; ++j) {
        centre[j] = sizes[list] == 0 ? row[j]
                                     : static_cast<float>(sums[list * dim + j] /
                                                          static_cast<double>(sizes[list]));
      }
      moved.Add(centre);
    }
    centres = std::move(moved);
  }
  return centres;
}

}  // namespace stowage
