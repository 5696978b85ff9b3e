#include "benchmarks/workload/vector_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "benchmarks/workload/dataset_format.h"
#include "benchmarks/workload/file_descriptor.h"
#include "loadline/base/status_macros.h"

namespace loadline::workload {
namespace {

constexpr size_t kReadBytes = 4 << 20;

absl::Status Malformed(const std::string& path, uint64_t offset, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("vector file ", path, ", byte ", offset, ": ", what));
}

struct OpenFile {
  FileDescriptor fd;
  uint64_t size = 0;
};

absl::StatusOr<OpenFile> OpenVectorFile(const std::string& path) {
  OpenFile file{.fd = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))};
  struct stat stat;
  if (!file.fd.valid() || ::fstat(file.fd.get(), &stat) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("open vector file ", path));
  }
  if (!S_ISREG(stat.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat("vector file ", path, " is not a regular file"));
  }
  file.size = static_cast<uint64_t>(stat.st_size);
  return file;
}

absl::StatusOr<size_t> ReadDimension(const OpenFile& file, const std::string& path) {
  if (file.size < sizeof(int32_t)) {
    return Malformed(path, 0, absl::StrCat("has ", file.size, " bytes, want at least one row"));
  }
  int32_t count = 0;
  LOADLINE_RETURN_IF_ERROR(
      file.fd.ReadAt(0, absl::MakeSpan(reinterpret_cast<char*>(&count), sizeof(count)), path));
  if (count < 1 || count > int32_t{kMaxDimension}) {
    return Malformed(path, 0, absl::StrCat("a row of ", count, " values, want 1 to 65535"));
  }
  const uint64_t row_bytes = sizeof(int32_t) * (static_cast<uint64_t>(count) + 1);
  if (file.size % row_bytes != 0) {
    return Malformed(
        path, file.size - file.size % row_bytes,
        absl::StrCat("the last row has ", file.size % row_bytes, " bytes, want ", row_bytes));
  }
  return static_cast<size_t>(count);
}

// Copies one row's values after checking its count. `offset` is the row's place in the file.
template <typename T>
absl::Status TakeRow(const char* bytes, size_t dimension, uint64_t offset, const std::string& path,
                     T* out) {
  int32_t count = 0;
  std::memcpy(&count, bytes, sizeof(count));
  if (count < 0 || static_cast<size_t>(count) != dimension) {
    return Malformed(path, offset,
                     absl::StrCat("a row of ", count, " values after rows of ", dimension));
  }
  std::memcpy(out, bytes + sizeof(count), dimension * sizeof(T));
  return absl::OkStatus();
}

template <typename T>
absl::StatusOr<VectorRows<T>> ReadRows(const std::string& path) {
  static_assert(sizeof(T) == sizeof(int32_t));
  LOADLINE_ASSIGN_OR_RETURN(const OpenFile file, OpenVectorFile(path));
  VectorRows<T> result;
  LOADLINE_ASSIGN_OR_RETURN(result.dimension, ReadDimension(file, path));
  const size_t row_bytes = sizeof(int32_t) * (result.dimension + 1);
  const size_t rows = file.size / row_bytes;
  result.values.resize(rows * result.dimension);
  const size_t batch = std::max<size_t>(1, kReadBytes / row_bytes);
  std::vector<char> buffer(std::min(batch, rows) * row_bytes);
  for (size_t row = 0; row < rows; ++row) {
    const uint64_t offset = uint64_t{row} * row_bytes;
    if (row % batch == 0) {
      const size_t size = std::min(batch, rows - row) * row_bytes;
      LOADLINE_RETURN_IF_ERROR(file.fd.ReadAt(offset, absl::MakeSpan(buffer.data(), size), path));
    }
    LOADLINE_RETURN_IF_ERROR(TakeRow(&buffer[row % batch * row_bytes], result.dimension, offset,
                                     path, &result.values[row * result.dimension]));
  }
  return result;
}

// Where value i of the rows stands in its file.
template <typename T>
uint64_t OffsetOf(const VectorRows<T>& rows, size_t i) {
  return sizeof(int32_t) * (uint64_t{i} + i / rows.dimension + 1);
}

}  // namespace

absl::StatusOr<VectorRows<float>> ReadFvecs(const std::string& path) {
  LOADLINE_ASSIGN_OR_RETURN(VectorRows<float> rows, ReadRows<float>(path));
  for (size_t i = 0; i < rows.values.size(); ++i) {
    if (!std::isfinite(rows.values[i])) {
      return Malformed(path, OffsetOf(rows, i),
                       absl::StrCat("value ", i % rows.dimension, " of row ", i / rows.dimension,
                                    " is ", rows.values[i], ", want a finite number"));
    }
  }
  return rows;
}

absl::StatusOr<VectorRows<uint32_t>> ReadIvecs(const std::string& path, size_t id_limit) {
  LOADLINE_ASSIGN_OR_RETURN(VectorRows<uint32_t> rows, ReadRows<uint32_t>(path));
  for (size_t i = 0; i < rows.values.size(); ++i) {
    if (rows.values[i] >= id_limit) {
      return Malformed(path, OffsetOf(rows, i),
                       absl::StrCat("row ", i / rows.dimension, " names vector ",
                                    static_cast<int32_t>(rows.values[i]), " of ", id_limit));
    }
  }
  std::vector<uint32_t> sorted;
  for (size_t row = 0; row < rows.rows(); ++row) {
    const auto begin = rows.values.begin() + static_cast<ptrdiff_t>(row * rows.dimension);
    sorted.assign(begin, begin + static_cast<ptrdiff_t>(rows.dimension));
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
      return Malformed(path, OffsetOf(rows, row * rows.dimension),
                       absl::StrCat("row ", row, " names vector ", *twice, " twice"));
    }
  }
  return rows;
}

}  // namespace loadline::workload
