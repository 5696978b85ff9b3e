#ifndef BENCHMARKS_WORKLOAD_DATASET_CACHE_H_
#define BENCHMARKS_WORKLOAD_DATASET_CACHE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/workload/content_hash.h"
#include "benchmarks/workload/dataset.h"
#include "benchmarks/workload/dataset_content.h"
#include "benchmarks/workload/watched_path.h"

namespace loadline::workload {

// A way of making a data set. Used by one thread; Inspect comes before Build.
class DatasetSource {
 public:
  // What the set would be made from, as it is now.
  struct Inputs {
    ContentKey key;                    // of options and the content of every input
    std::vector<WatchedPath> watched;  // while these are unchanged, `key` is what it is
  };

  virtual ~DatasetSource() = default;

  // Of the request alone, without looking at any input: names the stamp.
  virtual ContentKey RequestKey() const = 0;
  virtual absl::StatusOr<Inputs> Inspect() = 0;
  // The set for the inputs that Inspect saw.
  virtual absl::StatusOr<DatasetContent> Build() = 0;
};

struct CachedDataset {
  std::unique_ptr<const Dataset> dataset;
  // Whether this call made the set: then the process has used the memory that takes, and its peak
  // is no measure of what is benchmarked.
  bool built = false;
};

// Opens the source's data set from `folder` (made where it is missing), making it first if the
// folder has none for the present inputs: <request key>.stamp names <content key>.dataset. A cached
// set opens without its inputs being read: only the size and time of each are looked at.
//
// A damaged file is logged as a warning (component "workload") and made anew. Files are replaced as
// one unit, and one process at a time builds in a folder; others wait for it and use what it made.
// A set that the same request no longer leads to is removed; processes that have it open keep it.
//
// Errors are those of the source, of writing to the folder (loadline::Directory), and
// kResourceExhausted when the disk is full.
absl::StatusOr<CachedDataset> OpenCached(absl::string_view folder, DatasetSource& source,
                                         const DatasetOptions& options = {});

// The key of the set that OpenCached made for the present inputs, of which it is a hash; opens no
// set. kNotFound where the folder has none.
absl::StatusOr<ContentKey> MadeKey(absl::string_view folder, DatasetSource& source);

// The set that OpenCached made for the present inputs. kNotFound where the folder has none, or one
// that is of no use (logged): OpenCached would make it.
absl::StatusOr<std::unique_ptr<const Dataset>> OpenMade(absl::string_view folder,
                                                        DatasetSource& source,
                                                        const DatasetOptions& options = {});

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_DATASET_CACHE_H_
