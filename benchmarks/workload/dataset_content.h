#ifndef BENCHMARKS_WORKLOAD_DATASET_CONTENT_H_
#define BENCHMARKS_WORKLOAD_DATASET_CONTENT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "benchmarks/workload/nearest.h"

namespace loadline::workload {

// A data set in memory while it is made; Dataset is what benchmarks read. Sets from vector files
// have no projects, files and chunks.
struct DatasetContent {
  struct File {
    std::string path;  // relative to its project's source_path
    std::string language;
    uint32_t project = 0;
  };
  struct Chunk {
    uint32_t file = 0;
    uint32_t first_line = 0;
    uint32_t last_line = 0;
    std::string text;
  };
  struct Project {
    std::string name;
    std::string source_path;
    std::string language;
    std::map<std::string, std::string> metadata;
    uint64_t first_row = 0;  // its rows stand together, and so do its queries
    uint64_t row_count = 0;
    uint64_t first_query = 0;
    uint64_t query_count = 0;
  };

  size_t dimension = 0;
  std::vector<float> vectors;         // rows x dimension
  std::vector<float> queries;         // queries x dimension
  std::vector<NeighborTable> truths;  // at most one for each distance and base_rows
  std::vector<Project> projects;
  std::vector<File> files;
  std::vector<Chunk> chunks;  // of the rows, then of the queries; or none

  MatrixView vector_matrix() const { return {vectors, dimension}; }
  MatrixView query_matrix() const { return {queries, dimension}; }
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_DATASET_CONTENT_H_
