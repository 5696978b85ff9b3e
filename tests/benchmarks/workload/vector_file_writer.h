#ifndef TESTS_BENCHMARKS_WORKLOAD_VECTOR_FILE_WRITER_H_
#define TESTS_BENCHMARKS_WORKLOAD_VECTOR_FILE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

namespace loadline::workload {

// The bytes of an .fvecs or .ivecs file.
template <typename T>
std::string EncodeRows(const std::vector<std::vector<T>>& rows) {
  std::string bytes;
  for (const std::vector<T>& row : rows) {
    const auto count = static_cast<int32_t>(row.size());
    bytes.append(reinterpret_cast<const char*>(&count), sizeof(count));
    bytes.append(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(T));
  }
  return bytes;
}

}  // namespace loadline::workload

#endif  // TESTS_BENCHMARKS_WORKLOAD_VECTOR_FILE_WRITER_H_
