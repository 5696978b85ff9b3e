#ifndef BENCHMARKS_WORKLOAD_DATASET_STAMP_H_
#define BENCHMARKS_WORKLOAD_DATASET_STAMP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/workload/content_hash.h"
#include "benchmarks/workload/watched_path.h"

namespace loadline::workload {

// Which data set file answers a request as long as the watched paths are unchanged: what spares
// every start the reading of thousands of source files.
struct DatasetStamp {
  ContentKey key;
  std::vector<WatchedPath> watched;
};

std::string EncodeStamp(const DatasetStamp& stamp);
// kDataLoss: not what EncodeStamp wrote.
absl::StatusOr<DatasetStamp> DecodeStamp(absl::string_view bytes);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_DATASET_STAMP_H_
