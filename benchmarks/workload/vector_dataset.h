#ifndef BENCHMARKS_WORKLOAD_VECTOR_DATASET_H_
#define BENCHMARKS_WORKLOAD_VECTOR_DATASET_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/workload/dataset_cache.h"

namespace loadline::workload {

// A data set that the caller has as files: NAME=base.fvecs,queries.fvecs[,truth.ivecs].
struct VectorDatasetSpec {
  std::string name;  // [A-Za-z0-9._-]+
  std::string base;
  std::string queries;
  std::string truth;  // empty: to be computed
};

// kInvalidArgument, saying what is missing.
absl::StatusOr<VectorDatasetSpec> ParseVectorDatasetSpec(absl::string_view text);

// Reads the files (ReadFvecs, ReadIvecs). A truth file holds neighbours by squared L2, as those of
// the TEXMEX corpus do; without one, the nearest `truth_depth` by each distance are computed (but
// none by cosine when a vector is zero).
//
// Build returns kInvalidArgument, naming the file, also when the dimensions of base and queries
// differ, when the truth has not a row for each query, and when a truth row is not in order of
// distance (then it is of another metric or of other files).
class VectorDatasetSource : public DatasetSource {
 public:
  explicit VectorDatasetSource(const VectorDatasetSpec& spec, size_t truth_depth = 100)
      : spec_(spec), truth_depth_(truth_depth) {}

  ContentKey RequestKey() const override;
  absl::StatusOr<Inputs> Inspect() override;
  absl::StatusOr<DatasetContent> Build() override;

 private:
  VectorDatasetSpec spec_;
  size_t truth_depth_;
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_VECTOR_DATASET_H_
