#include "tools/loadline/policy/quantity.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tools/loadline/policy/glob.h"

namespace loadline::policy {
namespace {

constexpr Unit kPlain = {"", Dimension::kNumber, 1};
constexpr Unit kUnits[] = {
    {"B", Dimension::kBytes, 1},
    {"kB", Dimension::kBytes, 1e3},
    {"KB", Dimension::kBytes, 1e3},
    {"MB", Dimension::kBytes, 1e6},
    {"GB", Dimension::kBytes, 1e9},
    {"KiB", Dimension::kBytes, 1024.0},
    {"MiB", Dimension::kBytes, 1024.0 * 1024},
    {"GiB", Dimension::kBytes, 1024.0 * 1024 * 1024},
    {"ns", Dimension::kTime, 1},
    {"us", Dimension::kTime, 1e3},
    {"ms", Dimension::kTime, 1e6},
    {"s", Dimension::kTime, 1e9},
    {"m", Dimension::kTime, 60e9},
    {"%", Dimension::kPercent, 1},
};

// The words of counters' names that say a unit, and the unit.
constexpr std::pair<absl::string_view, absl::string_view> kNameWords[] = {
    {"bytes", "B"},   {"kb", "kB"},     {"mb", "MB"},   {"gb", "GB"},
    {"kib", "KiB"},   {"mib", "MiB"},   {"gib", "GiB"}, {"ns", "ns"},
    {"us", "us"},     {"ms", "ms"},     {"s", "s"},     {"sec", "s"},
    {"seconds", "s"}, {"minutes", "m"}, {"pct", "%"},   {"percent", "%"},
};

// The unit that people are shown: the largest of these that leaves at least 1 before the point.
Unit ShownUnit(double value, Dimension dimension) {
  Unit shown = kPlain;
  for (const char* name : {"GB", "MB", "kB", "B", "s", "ms", "us", "ns", "%"}) {
    const Unit* unit = FindUnit(name);
    if (unit->dimension != dimension) continue;
    shown = *unit;
    if (std::fabs(value) >= unit->factor) break;
  }
  return shown;
}

constexpr double kRounded = 1 + 1e-9;  // a share that was reckoned may be a little above the whole
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Of what has no range below, by its dimension; a plain number may be negative.
constexpr absl::string_view kNotNegative[] = {"", "no size is negative", "no duration is negative",
                                              "no share is negative"};

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
    if (absl::c_linear_search(kSigned, word)) return true;
  }
  return false;
}

int Side(double value, double limit) { return value < limit ? -1 : value > limit ? 1 : 0; }

// As few digits as tell on which side of the limit the value is, four at least.
std::string Digits(double value, double factor, std::optional<double> limit) {
  std::string text;
  for (int digits = 4; digits <= 17; ++digits) {
    text = absl::StrFormat("%.*g", digits, value / factor);
    double shown = 0;
    if (!limit.has_value() || !absl::SimpleAtod(text, &shown)) break;
    if (Side(shown * factor, *limit) == Side(value, *limit)) break;
  }
  return text;
}

}  // namespace

Unit UnitOf(absl::string_view counter) {
  const std::string name = absl::AsciiStrToLower(counter);
  // Google Benchmark's memory manager counts bytes, and says so in all names but this.
  if (name == "net_heap_growth") return *FindUnit("B");
  const absl::string_view whole = absl::string_view(name).substr(0, name.find("_per_"));
  const std::vector<absl::string_view> words = absl::StrSplit(whole, '_');
  for (const auto& [word, unit] : kNameWords) {
    if (word == words.back()) return *FindUnit(unit);
  }
  return absl::c_linear_search(words, "bytes") ? *FindUnit("B") : kPlain;
}

absl::string_view ImpossibleBecause(absl::string_view counter, Dimension dimension, double value) {
  if (!std::isfinite(value) || IsDifference(counter)) return "";
  for (const Range& range : kRanges) {
    if (!GlobMatches(range.pattern, counter)) continue;
    return value < range.low || value > range.high * kRounded ? range.why : "";
  }
  return value >= 0 ? "" : kNotNegative[static_cast<size_t>(dimension)];
}

absl::string_view DimensionName(Dimension dimension) {
  constexpr absl::string_view kNames[] = {"a plain number", "bytes", "time", "percent"};
  return kNames[static_cast<size_t>(dimension)];
}

const Unit* FindUnit(absl::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::vector<std::string> UnitNames() {
  std::vector<std::string> names;
  for (const Unit& unit : kUnits) names.emplace_back(unit.name);
  return names;
}

std::string FormatQuantity(double value, Dimension dimension, std::optional<double> limit) {
  if (!std::isfinite(value)) return "not finite";
  const Unit unit = ShownUnit(value, dimension);
  return absl::StrCat(Digits(value, unit.factor, limit), unit.name.empty() ? "" : " ", unit.name);
}

}  // namespace loadline::policy
