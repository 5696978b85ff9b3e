#ifndef STOWAGE_VECTOR_ROW_VALUES_H_
#define STOWAGE_VECTOR_ROW_VALUES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/directory.h"
#include "loadline/base/mutex.h"
#include "stowage/storage/record_file.h"

namespace stowage {

// The vectors of rows, by row: in a file that can be made anew, with a few of those that were read
// in memory. What cannot be written or read is the caller's to get from elsewhere, so that neither
// a full disk nor a damaged file stops anybody.
//
// Thread-safe; a row is not to be written while it is read.
class RowValues {
 public:
  // Of no row, in a file of this name, which replaces one that is there and is removed at the end.
  // `folder` outlives it.
  static std::shared_ptr<RowValues> Create(const loadline::Directory& folder,
                                           absl::string_view name, size_t dimension);
  // Those of a file that was kept. kNotFound, kDataLoss: see RecordFile.
  static absl::StatusOr<std::shared_ptr<RowValues>> Open(const loadline::Directory& folder,
                                                         absl::string_view name, size_t dimension);
  RowValues(const RowValues&) = delete;
  RowValues& operator=(const RowValues&) = delete;

  // `values` has `dimension` floats. Where it fails, Read() does.
  void Write(uint32_t row, absl::Span<const float> values);
  // kDataLoss, or what the system says: they cannot be had from here.
  absl::Status Read(uint32_t row, absl::Span<float> values) const;
  // The file, or why there is none.
  const absl::StatusOr<std::unique_ptr<RecordFile>>& file() const { return file_; }
  size_t memory_bytes() const { return BytesFor(dimension_); }
  static size_t BytesFor(size_t dimension);

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr size_t kLocks = 16;

  RowValues(absl::StatusOr<std::unique_ptr<RecordFile>> file, size_t dimension);

  static size_t CacheRows(size_t dimension);
  bool ReadCached(uint32_t row, absl::Span<float> values) const;
  void Cache(uint32_t row, absl::Span<const float> values) const;
  void Uncache(uint32_t row);

  const absl::StatusOr<std::unique_ptr<RecordFile>> file_;
  const size_t dimension_;

  // A row is kept in the place that its number, less whole turns, says, under that place's lock.
  mutable std::array<loadline::Mutex, kLocks> locks_;
  mutable std::vector<uint32_t> cached_rows_;
  mutable std::vector<float> cached_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_ROW_VALUES_H_
