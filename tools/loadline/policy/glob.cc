#include "tools/loadline/policy/glob.h"

#include <cstddef>

#include "absl/algorithm/container.h"
#include "tools/loadline/results/run_name.h"

namespace loadline::policy {

bool GlobMatches(absl::string_view pattern, absl::string_view text) {
  size_t p = 0;
  size_t t = 0;
  // The last star, and where in the text it stops for now; a mismatch lets it take one byte more.
  size_t star = absl::string_view::npos;
  size_t star_end = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != absl::string_view::npos) {
      p = star + 1;
      t = ++star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool MatchesAnyGlob(const std::vector<std::string>& patterns, absl::string_view text) {
  return absl::c_any_of(patterns, [&](const auto& pattern) { return GlobMatches(pattern, text); });
}

bool MatchesBenchmark(const std::vector<std::string>& patterns, absl::string_view run_name) {
  return MatchesAnyGlob(patterns, run_name) ||
         MatchesAnyGlob(patterns, results::CanonicalName(run_name));
}

}  // namespace loadline::policy
