#include "tools/loadline/policy/possible_value.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "tools/loadline/policy/glob.h"

namespace loadline::policy {
namespace {

constexpr double kRounded = 1 + 1e-9;  // a share that was reckoned may be a little above the whole
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Range {
  absl::string_view pattern;
  double low;
  double high;
  absl::string_view why;
};
// Counters that are written here or by Google Benchmark; first match wins.
constexpr Range kRanges[] = {
    {"success_pct", 0, 100, "a share of all operations is from 0 to 100 %"},
    {"recall_*", 0, 1, "a recall is from 0 to 1"},
    {"ops_*", 0, kInfinity, "no number of operations is negative"},
    {"allocs_per_*", 0, kInfinity, "no number of allocations is negative"},
    {"instructions*", 0, kInfinity, "no number of instructions is negative"},
    {"*_per_second", 0, kInfinity, "no rate is negative"},
};

// Words by which a name says that its values are differences.
constexpr absl::string_view kSigned[] = {"net",  "delta",  "diff",  "difference", "change",
                                         "skew", "growth", "drift", "offset"};

bool IsDifference(absl::string_view counter) {
  for (const absl::string_view word : absl::StrSplit(absl::AsciiStrToLower(counter), '_')) {
    if (std::find(std::begin(kSigned), std::end(kSigned), word) != std::end(kSigned)) return true;
  }
  return false;
}

}  // namespace

absl::string_view ImpossibleBecause(absl::string_view counter, Dimension dimension, double value) {
  if (!std::isfinite(value) || IsDifference(counter)) return "";
  for (const Range& range : kRanges) {
    if (!GlobMatches(range.pattern, counter)) continue;
    return value < range.low || value > range.high * kRounded ? range.why : "";
  }
  if (value >= 0) return "";
  switch (dimension) {
    case Dimension::kTime:
      return "no duration is negative";
    case Dimension::kBytes:
      return "no size is negative";
    case Dimension::kPercent:
      return "no share is negative";
    case Dimension::kNumber:
      return "";
  }
  return "";
}

}  // namespace loadline::policy
