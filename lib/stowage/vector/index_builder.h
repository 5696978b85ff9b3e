#ifndef STOWAGE_VECTOR_INDEX_BUILDER_H_
#define STOWAGE_VECTOR_INDEX_BUILDER_H_

#include <atomic>
#include <deque>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "loadline/base/mutex.h"
#include "stowage/vector/vector_index.h"

namespace stowage {

// One thread that does the pending indexing of many indexes, one at a time in the order in which
// they were scheduled. Thread-safe.
class IndexBuilder {
 public:
  IndexBuilder();
  // Stops what is running; indexes still scheduled are left as they are.
  ~IndexBuilder();
  IndexBuilder(const IndexBuilder&) = delete;
  IndexBuilder& operator=(const IndexBuilder&) = delete;

  // Has index->RunIndexing() called. The index lives until Cancel(index) has returned.
  void Schedule(VectorIndex* index);
  // Returns once the index is neither scheduled nor running; stops it, which takes a few
  // milliseconds of its work.
  void Cancel(VectorIndex* index);
  // Returns once nothing is scheduled or running; in a log sink at once.
  void WaitUntilIdle();

 private:
  void Run();
  void Done();
  // The next index, or null when the thread is to end.
  VectorIndex* Next();

  loadline::Mutex mutex_;
  loadline::CondVar changed_;
  std::deque<VectorIndex*> queue_ ABSL_GUARDED_BY(mutex_);
  VectorIndex* running_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<bool> cancelled_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_INDEX_BUILDER_H_
