#ifndef TESTS_STOWAGE_VECTOR_SPLIT_ROWS_H_
#define TESTS_STOWAGE_VECTOR_SPLIT_ROWS_H_

#include <vector>

#include "absl/types/span.h"
#include "stowage/vector/list_query.h"

namespace stowage::testing {

// Of n x dim projected values, row-major, as FindCentres() takes them.
inline std::vector<SplitBytes> SplitRows(absl::Span<const float> projected, size_t dim) {
  std::vector<SplitBytes> rows(projected.size() / dim);
  for (size_t i = 0; i < rows.size(); ++i) Split(projected.subspan(i * dim, dim), rows[i]);
  return rows;
}

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_VECTOR_SPLIT_ROWS_H_
