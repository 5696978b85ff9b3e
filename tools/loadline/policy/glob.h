#ifndef TOOLS_LOADLINE_POLICY_GLOB_H_
#define TOOLS_LOADLINE_POLICY_GLOB_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::policy {

// Whether all of `text` is what `pattern` says: `*` is any run of bytes ('/' too, or none), `?` is
// any one byte, everything else is itself. O(pattern * text) at worst, no recursion.
bool GlobMatches(absl::string_view pattern, absl::string_view text);

// Whether any of them does.
bool MatchesAnyGlob(const std::vector<std::string>& patterns, absl::string_view text);

// The same for a benchmark's run name, whole or canonical (results::CanonicalName): who writes
// globs need not know how long a benchmark is run.
bool MatchesBenchmark(const std::vector<std::string>& patterns, absl::string_view run_name);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_GLOB_H_
