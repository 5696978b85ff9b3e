#ifndef STOWAGE_VECTOR_VECTOR_FILE_H_
#define STOWAGE_VECTOR_VECTOR_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/directory.h"
#include "stowage/registry/project_id.h"
#include "stowage/storage/database.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// The vectors of one project on disk: projects/<hex>/vectors.db, one row a vector, and one row
// that says dimension and metric (docs/formats.md, "vectors.db"). Changes have numbers that grow,
// and the file says of every vector with which of them it changed last, back to the newest index
// that was saved beside it.
//
// A file exists whole or not at all: it is made under another name and moved into place.
// Thread-safe but for destruction. Changes return OK once they are durable and call `on_durable`
// with their number, in the order in which they became so; see Database::Commit().
class VectorFile {
 public:
  static constexpr absl::string_view kFileName = "vectors.db";
  // SQLite's page cache of one open file, and what else the connection holds.
  static constexpr size_t kMemoryBytes = (512 + 192) * 1024;

  // Makes the file in `folder`, the project's. kAlreadyExists.
  static absl::Status Create(const loadline::Directory& folder, const ProjectId& id,
                             const StoreConfig& config);
  // kNotFound: there is none; else as Database::Open().
  static absl::StatusOr<std::unique_ptr<VectorFile>> Open(
      std::unique_ptr<loadline::Directory> folder, const ProjectId& id);
  // Removes the file, also a damaged one; it must not be open. OK if there is none.
  static absl::Status Delete(const loadline::Directory& folder);

  const StoreConfig& config() const { return config_; }
  const loadline::Directory& folder() const { return *folder_; }
  const std::string& path() const { return database_->path(); }

  absl::StatusOr<size_t> Count();
  struct TextTotals {
    size_t files = 0;  // distinct names
    size_t bytes = 0;  // of the distinct names
  };
  absl::StatusOr<TextTotals> FileNames();
  // Calls `visit` with all rows, a run at a time, each checked (checksum, values, lines).
  // kDataLoss, naming the row.
  absl::Status ForEachRun(absl::FunctionRef<absl::Status(std::vector<VectorEntry>)> visit);

  // The vector with this id, checked. kNotFound.
  absl::StatusOr<VectorEntry> Read(uint64_t id);

  using OnDurable = absl::FunctionRef<void(uint64_t change)>;
  // kAlreadyExists, naming the id.
  absl::Status Insert(absl::Span<const VectorEntry> entries, OnDurable on_durable);
  absl::Status Upsert(absl::Span<const VectorEntry> entries, OnDurable on_durable);
  // All or none; kNotFound, naming the first id that is not there.
  absl::Status Remove(absl::Span<const uint64_t> ids, OnDurable on_durable);
  absl::StatusOr<size_t> RemoveByFile(absl::string_view file, OnDurable on_durable);

  // An index that was saved: which one, and the last change that it knows. `token` 0: none was.
  struct SavedIndex {
    uint64_t token = 0;
    uint64_t change = 0;
  };
  absl::StatusOr<SavedIndex> saved();
  // The number of the last change when it was opened.
  uint64_t last_change() const { return last_change_; }
  // From now on that is the index, and changes up to its own are forgotten.
  absl::Status SetSaved(const SavedIndex& saved);
  // Ids of the vectors that were added, replaced or removed by changes after this one, each once.
  // kOutOfRange: they are forgotten.
  absl::StatusOr<std::vector<uint64_t>> ChangedAfter(uint64_t change);

  // Walks the whole file, from the disk, and checks every row, holding one at a time. kDataLoss.
  absl::Status Verify();
  // OK, or why it takes no more writes.
  absl::Status degraded() const { return database_->degraded(); }
  // Of the file, its write-ahead log and the index's files beside it.
  absl::StatusOr<size_t> DiskBytes() const;

 private:
  // kDataLoss, naming the row.
  absl::StatusOr<VectorEntry> CheckedEntry(const Row& row) const;

  VectorFile(std::unique_ptr<loadline::Directory> folder, std::unique_ptr<Database> database,
             const StoreConfig& config);
  // Runs `write`, which names the ids that it changes, as one change.
  using Write = absl::FunctionRef<absl::Status(Connection&, std::vector<uint64_t>& ids)>;
  absl::Status Change(Write write, OnDurable on_durable);

  const std::unique_ptr<loadline::Directory> folder_;  // outlives the database
  const std::unique_ptr<Database> database_;
  const StoreConfig config_;
  uint64_t last_change_ = 0;  // for whoever writes
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_VECTOR_FILE_H_
