#ifndef TOOLS_LOADLINE_COMPARE_COMPARE_H_
#define TOOLS_LOADLINE_COMPARE_COMPARE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tools/loadline/compare/noise.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/compare/verdict.h"
#include "tools/loadline/limits/check.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/samples/side.h"

namespace loadline::compare {

struct CompareOptions {
  // Before the policy's.
  std::optional<double> margin;
  std::optional<double> alpha;          // above 0, below 0.5; anything else is the default
  std::vector<std::string> allow_env;   // besides the policy's; keys of the environment table
  std::vector<std::string> benchmarks;  // globs over run names; empty: all
  const Noise* noise = nullptr;         // must outlive the call
  const PairedRuns* paired = nullptr;   // must outlive the call; of `loadline duet`
};

// Decides. `limits` is the verdict of Check(policy, the new side's files) where the policy has
// limits. Exit codes, the first that holds: the same measurements given twice, in one side or as
// both, an unknown environment key, or a metric in the policy that nothing has 2; a limit that is
// broken 1, for it is about one side; nothing that decides comparable 4; a difference where there
// can be none 3 (void_reasons), and no claim of one is left; then the gravest of what the gated
// changes say: kIncomparable 4 (3 where it is the environment and others can be compared),
// kRegressed 1, kFailed 5, kMissing and kNew as the policy says, kTail 3, and 3 for what is not
// proved to be worse by no more than the guard, unless the policy lets that pass and nothing
// suggests it; nothing compared 5; nothing but such rows 3, whatever the policy says.
CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       const samples::Side& base, const samples::Side& candidate,
                       std::optional<limits::CheckVerdict> limits = std::nullopt);

// The same for files in memory, limits included.
CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       absl::Span<const results::ResultFile> base,
                       absl::Span<const results::ResultFile> candidate);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_COMPARE_H_
