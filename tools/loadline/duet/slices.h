#ifndef TOOLS_LOADLINE_DUET_SLICES_H_
#define TOOLS_LOADLINE_DUET_SLICES_H_

#include <cstddef>
#include <cstdint>
#include <random>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/duet/bench_process.h"
#include "tools/loadline/duet/pair_sample.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::duet {

// The status with the side's name, "base" or "new", in front of its message.
absl::Status OfSide(const absl::Status& status, absl::string_view side);

// How a benchmark is cut into slices; found out in its first sample and kept.
struct SlicePlan {
  uint64_t iterations = 0;  // a thread; 0: Google Benchmark chooses
  double min_seconds = 0;   // of such a slice
  size_t pairs = 0;         // 0: not planned yet
};

struct SliceOptions {
  // By real time without what was spent waiting for a processor (TurnMessage::own_ns); otherwise by
  // CPU time.
  bool real_time = false;
  double spike = 0;           // the new side does this share of work more than it owns up to
  bool long_arm = false;      // is wanted, unless the counted slices are as long by themselves
  double long_seconds = 0.1;  // of the long arm, a side
};

// A slice's iterations, and how many more the spike is: at least one, and as exactly the share
// `spike` as whole iterations can be, for which the iterations may become fewer or a few more.
// Nothing more where `spike` is 0.
struct SpikedSlice {
  uint64_t iterations;
  uint64_t more;
};
SpikedSlice WithSpike(uint64_t iterations, double spike);

// Both in turns: a slice each, base first, then a slice each, new first, and so on; after them the
// blocks of the long arm likewise. Plans the slices if `plan` is empty. Pairs one slice of which
// took no time are left out: a virtual machine takes off a process's time what its host withheld,
// at times all of it. Errors are those of the processes, with the side's name in front; kAborted
// also when more than a quarter of the pairs were left out.
absl::StatusOr<SampledSlices> RunInTurns(BenchProcess& base, BenchProcess& candidate,
                                         const SliceOptions& options, SlicePlan& plan,
                                         std::mt19937_64& random);

struct PinnedSample {
  PairSample sample;  // `seconds` is not set
  results::ResultFile base;
  results::ResultFile candidate;
};

// Both programs at once on one processor, so that the kernel lets them alternate and whatever
// disturbs one disturbs the other; compared by CPU time, the only clock that means something then.
// Each repetition of one side is paired with that of the other, and they are a long arm by
// themselves. All time but the two programs' CPU time counts as waited for a processor: each waits
// for the other, and who else waits is not known. A side's `file` takes its results; its path is as
// long as the other's. kUnavailable: a process ended otherwise than it should, or wrote no result;
// kAborted: the benchmark reported an error; kCancelled: run::Interruption.
absl::StatusOr<PinnedSample> RunAtOnce(const BenchProcessOptions& base,
                                       const BenchProcessOptions& candidate);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_SLICES_H_
