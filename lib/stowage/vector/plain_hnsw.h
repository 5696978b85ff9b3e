#ifndef STOWAGE_VECTOR_PLAIN_HNSW_H_
#define STOWAGE_VECTOR_PLAIN_HNSW_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// hnswlib as it comes, floats and all: the peer that measurements of VectorStoreManager stand
// beside. Checks nothing, keeps nothing, and is no part of a store.
//
// Thread-compatible; Search() may run together with Search().
class PlainHnsw {
 public:
  enum class Kernels {
    kStock,  // hnswlib's own, for the instruction set that the library was compiled for
    kOurs,   // ActiveKernels(): what hnswlib would do with the fastest loops on this CPU
  };

  static absl::StatusOr<std::unique_ptr<PlainHnsw>> Create(const StoreConfig& config,
                                                           size_t capacity, Kernels kernels,
                                                           const GraphOptions& options = {});
  ~PlainHnsw();
  PlainHnsw(const PlainHnsw&) = delete;
  PlainHnsw& operator=(const PlainHnsw&) = delete;

  // Copies the vector; under kCosine it must have norm 1, as must queries.
  absl::Status Add(uint64_t id, absl::Span<const float> values);
  // Candidates looked at by each Search(); needs exclusion.
  void SetEf(size_t ef);
  // Ids of the k nearest found, nearest first.
  absl::StatusOr<std::vector<uint64_t>> Search(absl::Span<const float> query, size_t k) const;

 private:
  struct Impl;
  explicit PlainHnsw(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_PLAIN_HNSW_H_
