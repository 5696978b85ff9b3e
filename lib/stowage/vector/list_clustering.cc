#include "stowage/vector/list_clustering.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "stowage/vector/distance.h"

namespace stowage {
namespace {

constexpr size_t kOneListBelow = 4'096;
constexpr int kRounds = 6;

// A linear congruential generator: only to choose rows.
uint64_t Next(uint64_t& state) {
  state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
  return state >> 33;
}

// Rows farther than so many times the median row are no part of a trimmed mean.
constexpr float kTrim = 4;

// Reorders the values.
float MedianOf(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

size_t ListsFor(size_t rows) {
  if (rows < kOneListBelow) return 1;
  return static_cast<size_t>(1.1 * std::sqrt(static_cast<double>(rows)));
}

std::vector<float> TrimmedMean(absl::Span<const float> rows, size_t dim) {
  const size_t n = rows.size() / dim;
  std::vector<float> median(dim);
  std::vector<float> column(n);
  for (size_t j = 0; j < dim; ++j) {
    for (size_t i = 0; i < n; ++i) column[i] = rows[i * dim + j];
    median[j] = MedianOf(column);
  }
  std::vector<float> distances(n);
  for (size_t i = 0; i < n; ++i) {
    distances[i] =
        static_cast<float>(std::sqrt(SquaredL2InDouble(&rows[i * dim], median.data(), dim)));
  }
  column = distances;
  const float farthest = kTrim * MedianOf(column);
  std::vector<double> sums(dim);
  size_t kept = 0;
  for (size_t i = 0; i < n; ++i) {
    if (distances[i] > farthest) continue;
    ++kept;
    for (size_t j = 0; j < dim; ++j) sums[j] += rows[i * dim + j];
  }
  for (size_t j = 0; j < dim; ++j) {
    median[j] = static_cast<float>(sums[j] / static_cast<double>(kept));
  }
  return median;
}

ListCentres FindCentres(const ListCoding& coding, absl::Span<const SplitBytes> rows, size_t lists,
                        uint64_t seed) {
  const size_t dim = coding.dim();
  const size_t n = rows.size();
  std::vector<float> centre(dim);
  const auto add = [&](ListCentres& to, const SplitBytes& row) {
    for (size_t j = 0; j < dim; ++j) centre[j] = row.Value(j);
    to.Add(centre);
  };
  ListCentres centres(coding);
  if (n == 0) centres.Add(centre);
  for (size_t list = 0; list < std::min(lists, n); ++list) {
    add(centres, rows[list * n / std::min(lists, n)]);
  }
  for (int round = 0; round < kRounds && n > 0; ++round) {
    std::vector<double> sums(centres.size() * dim);
    std::vector<size_t> sizes(centres.size());
    for (const SplitBytes& row : rows) {
      const uint32_t list = centres.Nearest(row);
      ++sizes[list];
      for (size_t j = 0; j < dim; ++j) sums[list * dim + j] += double{row.Value(j)};
    }
    ListCentres moved(coding);
    for (size_t list = 0; list < centres.size(); ++list) {
      if (sizes[list] == 0) {
        // A centre that no row is nearest to begins anew at one.
        add(moved, rows[Next(seed) % n]);
        continue;
      }
      const auto size = static_cast<double>(sizes[list]);
      for (size_t j = 0; j < dim; ++j) {
        centre[j] = static_cast<float>(sums[list * dim + j] / size);
      }
      moved.Add(centre);
    }
    centres = std::move(moved);
  }
  return centres;
}

}  // namespace stowage
