#ifndef BENCHMARKS_WORKLOAD_DATASET_H_
#define BENCHMARKS_WORKLOAD_DATASET_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "benchmarks/workload/content_hash.h"
#include "benchmarks/workload/file_descriptor.h"
#include "benchmarks/workload/nearest.h"

namespace loadline::workload {

struct DatasetHeader;
enum class Section : uint32_t;

// The text that a row or query was made of. Valid as long as the Dataset.
struct ChunkView {
  uint32_t project = 0;
  absl::string_view file;  // relative to the project's source_path
  uint32_t first_line = 0;
  uint32_t last_line = 0;
  absl::string_view language;
  absl::string_view text;  // any bytes
};

struct DatasetProject {
  std::string name;
  std::string source_path;  // absolute
  std::string language;
  std::map<std::string, std::string> metadata;
  size_t first_row = 0;  // its rows and its queries stand together
  size_t row_count = 0;
  size_t first_query = 0;
  size_t query_count = 0;
};

struct DatasetOptions {
  // Only this many rows are checked and offered (all, if there are fewer): the first ones, so
  // whole projects, a part of one, and no rows of the others. All queries are offered.
  size_t max_rows = SIZE_MAX;
};

// Vectors, queries that are not among them, their exact neighbours, and the projects, files and
// text that they came from; a read-only mapped file, so that it costs no heap.
//
// Pages of the mapping count as resident memory once they are read. A benchmark of memory copies
// what it needs with ReadVectors, which leaves the mapping alone, or calls ReleasePages before it
// measures a steady state; a peak cannot be taken back.
//
// Thread-safe: immutable after Open. Spans and views live as long as the Dataset.
class Dataset {
 public:
  // Checks the header, the checksums of all that is offered, and every reference within the file.
  // The check reads through a small buffer, not through the mapping.
  // kNotFound: no such file; kDataLoss, naming the file and what is wrong with it: damaged, cut
  // short or of another version; OS errors.
  static absl::StatusOr<std::unique_ptr<const Dataset>> Open(const std::string& path,
                                                             const DatasetOptions& options = {});
  ~Dataset();
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  const std::string& path() const { return path_; }
  size_t file_size() const { return mapped_size_; }
  // Stands for everything the set was made from; quote it beside results.
  const ContentKey& key() const { return key_; }

  size_t dimension() const { return vectors_.dimension; }
  size_t rows() const { return vectors_.rows(); }
  size_t query_count() const { return queries_.rows(); }

  MatrixView vectors() const { return vectors_; }
  MatrixView queries() const { return queries_; }
  absl::Span<const float> vector(size_t row) const { return vectors_.row(row); }
  absl::Span<const float> query(size_t i) const { return queries_.row(i); }

  // Fills `out` (a whole number of rows) with the rows from `first_row` on, by read calls.
  // kOutOfRange: past the last row; OS errors.
  absl::Status ReadVectors(size_t first_row, absl::Span<float> out) const;

  // Exact neighbours of query i among rows [0, base_rows), nearest first.
  // kNotFound, naming what there is: no table for this distance and number of rows.
  absl::StatusOr<NeighborsView> Truth(Distance distance, size_t base_rows, size_t query) const;

  // RecallAtK of the rows found for query i in a search of rows [0, base_rows).
  absl::StatusOr<double> Recall(Distance distance, size_t base_rows, size_t query,
                                absl::Span<const uint64_t> found, size_t k) const;

  // Whether rows and queries have text. Sets from vector files have none, and no projects.
  bool has_text() const { return has_text_; }
  absl::Span<const DatasetProject> projects() const { return projects_; }
  // REQUIRES: has_text().
  ChunkView row_chunk(size_t row) const { return ChunkAt(row); }
  ChunkView query_chunk(size_t i) const { return ChunkAt(stored_rows_ + i); }

  // Gives the mapping's pages back to the OS; they are read again when used.
  void ReleasePages() const;

 private:
  struct TruthView {
    Distance distance;
    size_t base_rows;
    size_t depth;
    absl::Span<const uint32_t> rows;
    absl::Span<const float> distances;
  };

  Dataset(std::string path, FileDescriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  absl::Status Map();
  absl::Status CheckHeader(const DatasetHeader& header) const;
  absl::Status CheckBlocks(const DatasetHeader& header, size_t max_rows) const;
  absl::Status Load(const DatasetHeader& header, size_t max_rows);
  void OfferFirst(size_t row_count);
  absl::Status LoadProjects();
  absl::Status CheckFilesAndChunks() const;
  absl::Status LoadTruths();
  absl::Status Damaged(absl::string_view what) const;
  template <typename T>
  absl::Span<const T> SectionOf(Section section) const;
  absl::string_view Text(Section section, uint64_t offset, uint64_t size) const;
  ChunkView ChunkAt(size_t index) const;

  const std::string path_;
  const FileDescriptor fd_;
  const char* mapped_ = nullptr;
  size_t mapped_size_ = 0;
  ContentKey key_;
  size_t stored_rows_ = 0;
  bool has_text_ = false;
  MatrixView vectors_;
  MatrixView queries_;
  std::vector<DatasetProject> projects_;
  std::vector<TruthView> truths_;
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_DATASET_H_
