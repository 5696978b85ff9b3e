#ifndef STOWAGE_VECTOR_LIST_CLUSTERING_H_
#define STOWAGE_VECTOR_LIST_CLUSTERING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "stowage/vector/list_query.h"
#include "stowage/vector/row_list.h"

namespace stowage {

// Lists for so many rows: one below 4,096, where reading all is as fast; else 1.1 sqrt(rows),
// which balances ordering the lists against reading them.
size_t ListsFor(size_t rows);

// Rows of a store that are enough to find the centres of so many lists by.
inline constexpr size_t kSampleRowsPerList = 40;

// A mean that few rows far from all others do not move: that of the rows which are no farther from
// the coordinates' medians than four times the median row. n x dim, row-major; n >= 1.
std::vector<float> TrimmedMean(absl::Span<const float> rows, size_t dim);

// Centres of `lists` groups of near rows by k-means. `rows`: a random sample, projected and split.
// lists >= 1; fewer where there are fewer rows, but one at least.
ListCentres FindCentres(const ListCoding& coding, absl::Span<const SplitBytes> rows, size_t lists,
                        uint64_t seed);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LIST_CLUSTERING_H_
