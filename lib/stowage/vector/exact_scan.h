#ifndef STOWAGE_VECTOR_EXACT_SCAN_H_
#define STOWAGE_VECTOR_EXACT_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stowage/vector/int8_code.h"
#include "stowage/vector/row_table.h"
#include "stowage/vector/top_k.h"

namespace stowage {

// Which rows a search may return, by the numbers of their file and language.
struct RowFilter {
  bool all = true;              // no condition: the tables below are empty
  std::vector<bool> files;      // by file number
  std::vector<bool> languages;  // by language number

  bool Matches(const RowMeta& meta) const {
    return all || (files[meta.file] && languages[meta.language]);
  }
};

// The distance between `query` and the row in `slot`, from their floats; finite.
float ExactDistance(const RowTable& rows, const EncodedQuery& query, uint32_t slot);

// Offers `top` every live row in slots [first, last) that matches and can be among its k nearest.
// The result is that of comparing every row's ExactDistance(): rows are passed over only where
// their code's distance, with its guaranteed error taken off, is above top.limit().
void ScanRows(const RowTable& rows, const EncodedQuery& query, const RowFilter& filter,
              uint32_t first, uint32_t last, TopK& top);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_EXACT_SCAN_H_
