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

// Centres of `lists` groups of near rows: k-means on at most kSampleRowsPerList rows a list.
// `projected`: n x coding.dim(), row-major. lists >= 1; n >= 1.
inline constexpr size_t kSampleRowsPerList = 40;
ListCentres FindCentres(const ListCoding& coding, absl::Span<const float> projected, size_t lists,
                        uint64_t seed);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LIST_CLUSTERING_H_
