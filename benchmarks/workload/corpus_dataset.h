#ifndef BENCHMARKS_WORKLOAD_CORPUS_DATASET_H_
#define BENCHMARKS_WORKLOAD_CORPUS_DATASET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "benchmarks/workload/corpus.h"
#include "benchmarks/workload/dataset_cache.h"

namespace loadline::workload {

struct CorpusDatasetOptions {
  size_t rows = 20'000;
  size_t queries = 500;  // chunks held out: near the rows, but never among them
  size_t dimension = 384;
  size_t truth_depth = 100;  // neighbours known for each query
  // Numbers of first rows for which exact neighbours are made, besides all rows; those above
  // `rows` are left out.
  std::vector<size_t> truth_rows = {1'000};
  CorpusOptions corpus;  // `chunks` is set to rows + queries
};

// A data set of real source text: gathered (GatherCorpus), some chunks drawn as queries, embedded
// (Embedder, fitted on the rows alone), exact neighbours by all three distances. Rows and queries
// stand in the order of projects, files and lines.
class CorpusDatasetSource : public DatasetSource {
 public:
  explicit CorpusDatasetSource(const CorpusDatasetOptions& options);

  ContentKey RequestKey() const override;
  // As GatherCorpus, and kInvalidArgument: rows, dimension or truth_depth 0, dimension above
  // 65,535.
  absl::StatusOr<Inputs> Inspect() override;
  absl::StatusOr<DatasetContent> Build() override;

  // What Inspect gathered; null before.
  const Corpus* corpus() const { return corpus_.has_value() ? &*corpus_ : nullptr; }

 private:
  CorpusDatasetOptions options_;
  std::optional<Corpus> corpus_;
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_CORPUS_DATASET_H_
