#ifndef TOOLS_LOADLINE_DUET_PINNED_H_
#define TOOLS_LOADLINE_DUET_PINNED_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/loadline/duet/pair_sample.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::duet {

// One side of a sample of programs that do not take turns.
struct PinnedSide {
  std::string program;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string out_path;  // takes the result file; as long as the other side's
};

struct PinnedOptions {
  std::string filter;
  std::vector<std::string> arguments;
  std::optional<int> cpu;  // both share it
  double min_seconds = 0.02;
  int repetitions = 5;
  double time_limit_seconds = 120;
};

struct PinnedSample {
  PairSample sample;  // `seconds` is not set
  results::ResultFile base;
  results::ResultFile candidate;
};

// Both programs at once on one processor, so that the kernel lets them alternate and whatever
// disturbs one disturbs the other; compared by CPU time, the only clock that means something then.
// Each repetition of one side is paired with that of the other, and they are a long arm by
// themselves. All time but the two programs' CPU time counts as waited for a processor: each waits
// for the other, and who else waits is not known. kUnavailable: a process ended
// otherwise than it should, or wrote no result; kAborted: the benchmark reported an error;
// kCancelled: run::Interruption.
absl::StatusOr<PinnedSample> RunAtOnce(const PinnedSide& base, const PinnedSide& candidate,
                                       const PinnedOptions& options);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_PINNED_H_
