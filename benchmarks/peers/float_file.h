#ifndef BENCHMARKS_PEERS_FLOAT_FILE_H_
#define BENCHMARKS_PEERS_FLOAT_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace loadline::bench {

// Floats as they lie in memory, for a process of the same program. Errors are the system's.
absl::Status WriteFloats(const std::string& path, absl::Span<const float> values);
absl::StatusOr<std::vector<float>> ReadFloats(const std::string& path);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_FLOAT_FILE_H_
