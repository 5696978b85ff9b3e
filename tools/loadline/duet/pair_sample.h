#ifndef TOOLS_LOADLINE_DUET_PAIR_SAMPLE_H_
#define TOOLS_LOADLINE_DUET_PAIR_SAMPLE_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/stats/interval.h"
#include "tools/loadline/duet/bench_process.h"

namespace loadline::duet {

// What two freshly started processes, one of each side, showed about one benchmark.
struct PairSample {
  double log_ratio = 0;  // ln(new / base): the one number that inference is about
  double base_ns = 0;    // an iteration: the median over slices
  double new_ns = 0;
  size_t pairs = 0;          // of slices, that count
  size_t dropped = 0;        // that were disturbed
  stats::Interval interval;  // of log_ratio, from these pairs alone: these layouts, no others
  double seconds = 0;        // that the sample took, start of the processes included
};

// A pair of slices: the times of an iteration.
struct SlicePair {
  double base_ns = 0;
  double new_ns = 0;
  bool base_first = true;
};

// The sample that these pairs of slices make. Pairs that took unusually long together, by a rule
// that treats the sides alike, are dropped: at most a quarter. The medians of pairs in which base
// went first and in which it went second count the same, so that going first is no advantage.
// `base_ns`, `new_ns`, `pairs`, `dropped` and `interval` are set. REQUIRES: positive times, both
// orders among them.
PairSample Summarize(const std::vector<SlicePair>& pairs);

// The status with the side's name, "base" or "new", in front of its message.
absl::Status OfSide(const absl::Status& status, absl::string_view side);

// How a benchmark is cut into slices; found out in its first sample and kept.
struct SlicePlan {
  uint64_t iterations = 0;  // a thread; 0: Google Benchmark chooses
  double min_seconds = 0;   // of such a slice
  size_t pairs = 0;         // 0: not planned yet
};

struct SliceOptions {
  bool real_time = false;         // by the wall clock; otherwise CPU time
  double slice_seconds = 0.001;   // wanted
  double sample_seconds = 0.12;  // wanted, of both sides' slices together
  size_t most_pairs = 16;
  double spike = 0;  // the new side does this share of work more than it owns up to
};

// A slice's iterations, and how many more the spike is: at least one, and as exactly the share
// `spike` as whole iterations can be, for which the iterations may become fewer or a few more.
// Nothing more where `spike` is 0.
struct SpikedSlice {
  uint64_t iterations;
  uint64_t more;
};
SpikedSlice WithSpike(uint64_t iterations, double spike);

// Both in turns: a slice each, base first, then a slice each, new first, and so on. Plans the
// slices if `plan` is empty. Pairs one slice of which took no time are left out. Errors are those
// of the processes, with the side's name in front; kAborted also when more than a quarter of the
// pairs were left out.
absl::StatusOr<std::vector<SlicePair>> RunInTurns(BenchProcess& base, BenchProcess& candidate,
                                                  const SliceOptions& options, SlicePlan& plan,
                                                  std::mt19937_64& random);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_PAIR_SAMPLE_H_
