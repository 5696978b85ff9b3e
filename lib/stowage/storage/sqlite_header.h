#ifndef STOWAGE_STORAGE_SQLITE_HEADER_H_
#define STOWAGE_STORAGE_SQLITE_HEADER_H_

// Where the first bytes of an SQLite file hold what
// (https://www.sqlite.org/fileformat2.html, section 1.3).

#include <cstddef>

#include "absl/strings/string_view.h"

namespace stowage {

inline constexpr size_t kHeaderBytes = 100;
inline constexpr absl::string_view kMagic("SQLite format 3\0", 16);
// Two bytes that say whether the file is used with a write-ahead log.
inline constexpr size_t kWriteVersionOffset = 18;
inline constexpr size_t kReadVersionOffset = 19;
inline constexpr char kWriteAheadLogVersion = 2;
inline constexpr size_t kUserVersionOffset = 60;
inline constexpr size_t kApplicationIdOffset = 68;

}  // namespace stowage

#endif  // STOWAGE_STORAGE_SQLITE_HEADER_H_
