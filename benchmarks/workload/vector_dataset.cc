#include "benchmarks/workload/vector_dataset.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "benchmarks/workload/file_descriptor.h"
#include "benchmarks/workload/vector_file.h"
#include "loadline/base/status_macros.h"

namespace loadline::workload {
namespace {

constexpr uint64_t kVectorSetVersion = 1;  // raise it when the same files give another set

bool IsName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

// Adds a file's bytes to the hash, a piece at a time.
absl::StatusOr<WatchedPath> HashFile(const std::string& path, ContentHasher& hasher) {
  constexpr size_t kPieceBytes = 1 << 20;
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat stat;
  if (!fd.valid() || ::fstat(fd.get(), &stat) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("open vector file ", path));
  }
  std::vector<char> piece(kPieceBytes);
  const auto size = static_cast<uint64_t>(stat.st_size);
  hasher.Add(size);
  for (uint64_t offset = 0; offset < size; offset += kPieceBytes) {
    const auto bytes = static_cast<size_t>(std::min<uint64_t>(kPieceBytes, size - offset));
    LOADLINE_RETURN_IF_ERROR(fd.ReadAt(offset, absl::MakeSpan(piece.data(), bytes), path));
    hasher.Add(absl::string_view(piece.data(), bytes));
  }
  return MakeWatchedPath(path, stat);
}

bool HasZeroRow(MatrixView matrix) {
  for (size_t i = 0; i < matrix.rows(); ++i) {
    const absl::Span<const float> row = matrix.row(i);
    if (std::all_of(row.begin(), row.end(), [](float value) { return value == 0; })) return true;
  }
  return false;
}

// The truth file's neighbours with their distances.
absl::StatusOr<NeighborTable> LoadTruth(const std::string& path, const DatasetContent& content) {
  const MatrixView base = content.vector_matrix();
  const MatrixView queries = content.query_matrix();
  LOADLINE_ASSIGN_OR_RETURN(VectorRows<uint32_t> ids, ReadIvecs(path, base.rows()));
  if (ids.rows() != queries.rows()) {
    return absl::InvalidArgumentError(absl::StrCat("truth file ", path, " has ", ids.rows(),
                                                   " rows for ", queries.rows(), " queries"));
  }
  NeighborTable table{.distance = Distance::kSquaredL2,
                      .base_rows = base.rows(),
                      .depth = ids.dimension,
                      .rows = std::move(ids.values),
                      .distances = {}};
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const double distance =
        TrueDistance(Distance::kSquaredL2, queries.row(i / table.depth), base.row(table.rows[i]));
    // Others computed their distances in float: neighbours may have changed places by rounding.
    const bool ascends =
        i % table.depth == 0 || distance >= table.distances.back() * (1 - 1e-4) - 1e-6;
    if (!ascends) {
      return absl::InvalidArgumentError(absl::StrCat(
          "truth file ", path, ": neighbour ", i % table.depth, " of query ", i / table.depth,
          " is nearer by squared L2 than the one before it; leave the file out and the truth "
          "will be computed"));
    }
    table.distances.push_back(static_cast<float>(distance));
  }
  return table;
}

}  // namespace

absl::StatusOr<VectorDatasetSpec> ParseVectorDatasetSpec(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> halves =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  const std::vector<std::string> files = absl::StrSplit(halves.second, ',');
  const bool whole = IsName(halves.first) && (files.size() == 2 || files.size() == 3) &&
                     std::none_of(files.begin(), files.end(),
                                  [](const std::string& file) { return file.empty(); });
  if (!whole) {
    return absl::InvalidArgumentError(
        absl::StrCat("data set \"", text,
                     "\": want NAME=base.fvecs,queries.fvecs[,truth.ivecs], the name of letters, "
                     "digits, '.', '_' and '-'"));
  }
  return VectorDatasetSpec{.name = std::string(halves.first),
                           .base = files[0],
                           .queries = files[1],
                           .truth = files.size() == 3 ? files[2] : ""};
}

ContentKey VectorDatasetSource::RequestKey() const {
  return ContentHasher()
      .Add("vector files")
      .Add(kVectorSetVersion)
      .Add(spec_.base)
      .Add(spec_.queries)
      .Add(spec_.truth)
      .Add(uint64_t{truth_depth_})
      .key();
}

absl::StatusOr<DatasetSource::Inputs> VectorDatasetSource::Inspect() {
  const ContentKey request = RequestKey();
  ContentHasher hasher;
  hasher.Add(request.high).Add(request.low);
  Inputs inputs;
  for (const std::string& path : {spec_.base, spec_.queries, spec_.truth}) {
    if (path.empty()) continue;
    LOADLINE_ASSIGN_OR_RETURN(WatchedPath watched, HashFile(path, hasher));
    inputs.watched.push_back(std::move(watched));
  }
  inputs.key = hasher.key();
  return inputs;
}

absl::StatusOr<DatasetContent> VectorDatasetSource::Build() {
  LOADLINE_ASSIGN_OR_RETURN(VectorRows<float> base, ReadFvecs(spec_.base));
  LOADLINE_ASSIGN_OR_RETURN(VectorRows<float> queries, ReadFvecs(spec_.queries));
  if (base.dimension != queries.dimension) {
    return absl::InvalidArgumentError(absl::StrCat("data set ", spec_.name, ": ", spec_.queries,
                                                   " has rows of ", queries.dimension, ", ",
                                                   spec_.base, " of ", base.dimension));
  }
  DatasetContent content{.dimension = base.dimension,
                         .vectors = std::move(base.values),
                         .queries = std::move(queries.values)};
  if (!spec_.truth.empty()) {
    LOADLINE_ASSIGN_OR_RETURN(NeighborTable truth, LoadTruth(spec_.truth, content));
    content.truths.push_back(std::move(truth));
    return content;
  }
  absl::Span<const Distance> distances = kAllDistances;
  static_assert(kAllDistances[2] == Distance::kCosine);
  if (HasZeroRow(content.vector_matrix()) || HasZeroRow(content.query_matrix())) {
    distances.remove_suffix(1);
  }
  content.truths =
      ExactNeighbors(content.vector_matrix(), content.query_matrix(), truth_depth_, distances);
  return content;
}

}  // namespace loadline::workload
