#ifndef STOWAGE_STORAGE_RECORD_FILE_H_
#define STOWAGE_STORAGE_RECORD_FILE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/directory.h"
#include "loadline/base/file.h"
#include "loadline/base/mutex.h"

namespace stowage {

// Records of one size by number, for what can be made anew from elsewhere: nothing is synced before
// Sync(), so that after a crash a record may be damaged, or be the one that was there before. The
// former is seen, by a checksum over number and content; the latter is the caller's to know. A
// record that could not be written is damaged until it is written again. See docs/formats.md,
// "Record files".
//
// Thread-safe; a record is not to be written while it is read.
class RecordFile {
 public:
  // Makes an empty one; one of this name is replaced. `record_bytes` >= 1. It is removed at the end
  // unless it is to be kept; `directory` outlives it.
  static absl::StatusOr<std::unique_ptr<RecordFile>> Create(const loadline::Directory& directory,
                                                            absl::string_view name,
                                                            size_t record_bytes);
  // Opens one that is kept. kNotFound; kDataLoss: it is no record file, or one of another size of
  // record.
  static absl::StatusOr<std::unique_ptr<RecordFile>> Open(const loadline::Directory& directory,
                                                          absl::string_view name,
                                                          size_t record_bytes);

  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  // Whether the file stays at the end.
  void Keep(bool keep) { keep_.store(keep, std::memory_order_relaxed); }
  const std::string& name() const { return name_; }
  size_t record_bytes() const { return record_bytes_; }
  const std::string& path() const { return file_->path(); }

  // `record` has record_bytes() bytes. kResourceExhausted: the disk is full.
  absl::Status Write(uint32_t number, absl::Span<const std::byte> record);
  // kDataLoss: it is damaged or was never written.
  absl::Status Read(uint32_t number, absl::Span<std::byte> record) const;
  // Calls visit(number, record) for `count` records from `first` on, which are read at once.
  // kDataLoss as Read; nothing was visited then.
  absl::Status ReadRun(uint32_t first, uint32_t count,
                       absl::FunctionRef<void(uint32_t, absl::Span<const std::byte>)> visit) const;
  // Makes what was written durable. kDataLoss where a record could not be written.
  absl::Status Sync();

 private:
  RecordFile(const loadline::Directory& directory, absl::string_view name,
             std::unique_ptr<loadline::File> file, size_t record_bytes)
      : directory_(directory), name_(name), file_(std::move(file)), record_bytes_(record_bytes) {}

  size_t stride() const { return record_bytes_ + sizeof(uint32_t); }
  uint64_t OffsetOf(uint32_t number) const;
  void SetLost(uint32_t number, bool lost);
  bool AnyLost(uint32_t first, uint32_t count) const;
  absl::Status CheckHeader() const;
  absl::Status CheckRecord(uint32_t number, const std::byte* record) const;

  const loadline::Directory& directory_;
  const std::string name_;
  const std::unique_ptr<loadline::File> file_;
  const size_t record_bytes_;
  std::atomic<bool> keep_{false};

  mutable loadline::Mutex lost_mutex_;
  std::atomic<bool> any_lost_{false};
  absl::flat_hash_set<uint32_t> lost_ ABSL_GUARDED_BY(lost_mutex_);  // could not be written
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_RECORD_FILE_H_
