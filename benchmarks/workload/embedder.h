#ifndef BENCHMARKS_WORKLOAD_EMBEDDER_H_
#define BENCHMARKS_WORKLOAD_EMBEDDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::workload {

struct EmbedderOptions {
  size_t dimension = 384;  // floats of a vector; at least 1
  uint64_t seed = 1;       // of the random projection
};

// Turns text into unit vectors without a model: texts that share rare words are near. Always the
// same for the same texts, options and fitted texts.
//
//   features   f: identifiers as they are (class weight c = 1), their parts at underscores,
//              capitals and digits in lower case (0.5), and runs of 4 characters in lower case
//              with white space collapsed (0.25), each hashed to one of 2^20 buckets
//   weights    w_f = c * (1 + ln count_f) * ln((N + 1) / (df_f + 0.5)), with df_f of the N fitted
//              texts holding the feature (TF-IDF; Salton & Buckley 1988, sublinear tf)
//   projection v_d = sum_f s(f, d) * w_f / |w|, s = +1 or -1 from the bits of a SplitMix64 hash of
//              seed, f and d (Achlioptas 2003, "Database-friendly random projections")
//   result     v / |v|
//
// The inner product of two results estimates the cosine of the two weight vectors, with a standard
// error of about 1 / sqrt(dimension). Sums are made in integers (w_f / |w| in units of 2^-20), so
// that neither the order of summation nor the compiler changes a bit.
//
// Immutable after Fit, thread-safe.
class Embedder {
 public:
  // Counts in how many of the texts each feature occurs. Uses all CPUs.
  static Embedder Fit(absl::Span<const absl::string_view> texts, const EmbedderOptions& options);

  // Writes `dimension` floats of length 1. A text without features (shorter than 4 characters, no
  // identifier) becomes the first unit vector. Any bytes, at most 2 MiB.
  void Embed(absl::string_view text, absl::Span<float> out) const;

  // One row a text, row-major. Uses all CPUs.
  std::vector<float> EmbedAll(absl::Span<const absl::string_view> texts) const;

  size_t dimension() const { return options_.dimension; }

 private:
  explicit Embedder(const EmbedderOptions& options);

  EmbedderOptions options_;
  std::vector<float> inverse_frequency_;  // by bucket: ln((N + 1) / (df + 0.5))
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_EMBEDDER_H_
