#ifndef TOOLS_LOADLINE_COMPARE_NOISE_H_
#define TOOLS_LOADLINE_COMPARE_NOISE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/input_file.h"

namespace loadline::compare {

// How much a metric of a benchmark varies between processes of the same program: recorded once,
// so that runs of a single process can be compared.
struct Noise {
  struct Spreads {
    // The standard deviation of the natural logarithm of a process's value, by metric.
    absl::flat_hash_map<std::string, double> sigma_log;
    int64_t processes = 0;  // that these are of; 0 where it is not said
  };
  std::string source;
  absl::flat_hash_map<std::string, Spreads> benchmarks;  // by run name

  // Absent where nothing was recorded.
  std::optional<double> SigmaLog(absl::string_view benchmark, absl::string_view metric) const;
};

inline constexpr char kNoiseSchema[] = "loadline.noise.1";
inline constexpr char kSigmaLog[] = "sigma_log";

// A noise file is a result file (docs/formats.md, "Noise file") with the member "schema":
// kNoiseSchema, whose aggregate rows named kSigmaLog have a standard deviation in each counter, and
// the number of processes that these are of as "repetitions".
// kInvalidArgument when it is none, has a deviation that is negative or not finite, or says one
// twice.
absl::StatusOr<Noise> ParseNoise(absl::string_view source, std::string text);
absl::StatusOr<Noise> ReadNoise(absl::string_view path, const results::InputOptions& options = {});

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_NOISE_H_
