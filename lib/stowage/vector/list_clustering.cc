#include "stowage/vector/list_clustering.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stowage {
namespace {

constexpr size_t kOneListBelow = 4'096;
constexpr int kRounds = 6;

// A linear congruential generator: only to choose rows.
uint64_t Next(uint64_t& state) {
  state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
  return state >> 33;
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
  const auto row = [&](size_t i) { return projected.subspan(i * dim, dim); };
  std::vector<SplitBytes> split(n);
  for (size_t i = 0; i < n; ++i) Split(row(i), split[i]);
  ListCentres centres(coding);
  const std::vector<float> origin(dim);
  if (n == 0) centres.Add(origin);
  for (size_t list = 0; list < std::min(lists, n); ++list) {
    centres.Add(row(list * n / std::min(lists, n)));
  }
  for (int round = 0; round < kRounds && n > 0; ++round) {
    std::vector<double> sums(centres.size() * dim);
    std::vector<size_t> sizes(centres.size());
    for (size_t i = 0; i < n; ++i) {
      const uint32_t list = centres.Nearest(split[i]);
      ++sizes[list];
      for (size_t j = 0; j < dim; ++j) sums[list * dim + j] += double{row(i)[j]};
    }
    ListCentres moved(coding);
    std::vector<float> centre(dim);
    for (size_t list = 0; list < centres.size(); ++list) {
      // A centre that no row is nearest to begins anew at one.
      const absl::Span<const float> fresh = row(Next(seed) % n);
      for (size_t j = 0; j < dim; ++j) {
        centre[j] =
            sizes[list] == 0
                ? fresh[j]
                : static_cast<float>(sums[list * dim + j] / static_cast<double>(sizes[list]));
      }
      moved.Add(centre);
    }
    centres = std::move(moved);
  }
  return centres;
}

}  // namespace stowage
