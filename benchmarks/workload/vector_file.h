#ifndef BENCHMARKS_WORKLOAD_VECTOR_FILE_H_
#define BENCHMARKS_WORKLOAD_VECTOR_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace loadline::workload {

// The vector files of the TEXMEX corpus (Jégou, Douze & Schmid 2011), in which SIFT1M, GIST1M and
// others come. Little-endian; each row is an int32 count followed by as many values: floats in
// .fvecs, int32 in .ivecs. All rows have the same count.

template <typename T>
struct VectorRows {
  size_t dimension = 0;
  std::vector<T> values;  // rows x dimension, row-major

  size_t rows() const { return dimension == 0 ? 0 : values.size() / dimension; }
};

// Untrusted files. kInvalidArgument, naming file and byte offset: empty, a count outside 1..65535,
// a count that differs from the first, a file that ends within a row, a value that is not finite.
// kNotFound and other OS errors.
absl::StatusOr<VectorRows<float>> ReadFvecs(const std::string& path);

// As ReadFvecs, for true neighbours. kInvalidArgument also: an id outside [0, id_limit), an id
// twice in one row.
absl::StatusOr<VectorRows<uint32_t>> ReadIvecs(const std::string& path, size_t id_limit);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_VECTOR_FILE_H_
