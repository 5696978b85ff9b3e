#ifndef STOWAGE_VECTOR_VECTOR_STORE_H_
#define STOWAGE_VECTOR_VECTOR_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/directory.h"
#include "loadline/base/mutex.h"
#include "stowage/registry/project_id.h"
#include "stowage/vector/index_builder.h"
#include "stowage/vector/vector_file.h"
#include "stowage/vector/vector_index.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

enum class AddMode {
  kInsert,  // kAlreadyExists for an id that is there
  kUpsert,  // replaces it
};

// The open store of one project: its file and, in memory, its index. The file is written first;
// what became durable is then published in the index, in the order of the commits. The calls are
// those of VectorStoreManager.
//
// Memory is accounted before it is taken: through `Account`, which returns OK or why so many bytes
// more cannot be had, and given back through `Return`.
//
// Thread-safe but for destruction, which stops the background indexing of this store.
class VectorStore {
 public:
  using Account = absl::FunctionRef<absl::Status(size_t bytes)>;
  using Return = absl::FunctionRef<void(size_t bytes)>;

  // Opens the file in `folder`, with the index that was saved beside it, or else reading and
  // checking every row. kNotFound: there is no file; kDataLoss: it is damaged, and left where it
  // is. `builder` outlives the store.
  static absl::StatusOr<std::unique_ptr<VectorStore>> Open(
      std::unique_ptr<loadline::Directory> folder, const ProjectId& id,
      const VectorIndexOptions& options, IndexBuilder& builder, Account account);
  ~VectorStore();
  VectorStore(const VectorStore&) = delete;
  VectorStore& operator=(const VectorStore&) = delete;

  const StoreConfig& config() const { return index_.config(); }

  // First step of adding entries that CheckEntries() accepted: accounts and takes the memory.
  // Leaves `entries` as they are when `account` refuses. The second is Commit(), which must follow.
  absl::StatusOr<StagedRows> Stage(std::vector<VectorEntry>& entries, Account account);
  absl::Status Commit(StagedRows rows, AddMode mode);
  // What Stage() of the entries would account for now.
  size_t BytesToAdd(absl::Span<const VectorEntry> entries) const;

  absl::Status Remove(absl::Span<const uint64_t> ids);
  absl::StatusOr<size_t> RemoveByFile(absl::string_view file);
  // Gives back what is accounted and no longer needed.
  void ReturnExcess(Return give_back);
  // Whether there may be some since this was asked last, because of work in the background.
  bool TakeIndexed() { return index_.TakeIndexed(); }

  // The queries were checked with CheckValues(), and the target with CheckTargetRecall().
  absl::StatusOr<std::vector<Neighbor>> Search(absl::Span<const float> query, size_t k,
                                               const SearchFilter& filter,
                                               const SearchOptions& options = {}) const {
    return index_.Search(query, k, filter, options);
  }
  absl::StatusOr<std::vector<std::vector<Neighbor>>> SearchBatch(
      absl::Span<const float> queries, size_t k, const SearchFilter& filter,
      const SearchOptions& options = {}) const {
    return index_.SearchBatch(queries, k, filter, options);
  }
  absl::StatusOr<VectorEntry> Get(uint64_t id) const { return index_.Get(id); }
  size_t Count() const { return index_.counts().entries; }

  // All of it but `open`.
  absl::StatusOr<StoreStats> Stats() const;
  absl::Status Check(bool deep);
  // OK, or why the file takes no more writes.
  absl::Status degraded() const { return file_->degraded(); }

 private:
  VectorStore(std::unique_ptr<VectorFile> file, const VectorIndexOptions& options,
              IndexBuilder& builder);

  // From the index that was saved last and what changed since. kNotFound: there is none; others but
  // kResourceExhausted: it cannot be used, and Load() can.
  absl::Status Restore(Account account);
  absl::Status Replay(absl::Span<const uint64_t> changed, Account account);
  // From every row.
  absl::Status Load(Account account);
  absl::Status CheckCount() const;
  void IndexIfNeeded();

  const std::unique_ptr<VectorFile> file_;
  VectorIndex index_;
  IndexBuilder& builder_;

  // Held while memory is accounted and taken, so that two batches do not count on the same room.
  mutable loadline::Mutex accounting_mutex_;
  size_t accounted_bytes_ ABSL_GUARDED_BY(accounting_mutex_) = 0;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_VECTOR_STORE_H_
