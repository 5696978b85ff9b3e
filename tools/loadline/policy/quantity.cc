#include "tools/loadline/policy/quantity.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace loadline::policy {
namespace {

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

// The words of counters' names that say a unit.
struct NameWord {
  absl::string_view word;
  absl::string_view unit;
};
constexpr NameWord kNameWords[] = {
    {"bytes", "B"},   {"kb", "kB"},     {"mb", "MB"},   {"gb", "GB"},
    {"kib", "KiB"},   {"mib", "MiB"},   {"gib", "GiB"}, {"ns", "ns"},
    {"us", "us"},     {"ms", "ms"},     {"s", "s"},     {"sec", "s"},
    {"seconds", "s"}, {"minutes", "m"}, {"pct", "%"},   {"percent", "%"},
};

// The units that people are shown; the largest that leaves at least 1 before the point.
struct Shown {
  const char* name;
  double factor;
};
constexpr Shown kBytesShown[] = {{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}};
constexpr Shown kTimeShown[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};

template <size_t N>
Shown Choose(const Shown (&shown)[N], double value) {
  for (const Shown& unit : shown) {
    if (std::fabs(value) >= unit.factor) return unit;
  }
  return shown[N - 1];
}

Shown ShownUnit(double value, Dimension dimension) {
  switch (dimension) {
    case Dimension::kBytes:
      return Choose(kBytesShown, value);
    case Dimension::kTime:
      return Choose(kTimeShown, value);
    case Dimension::kPercent:
      return {"%", 1};
    case Dimension::kNumber:
      return {"", 1};
  }
  return {"", 1};
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
  for (const NameWord& known : kNameWords) {
    if (known.word == words.back()) return *FindUnit(known.unit);
  }
  if (std::find(words.begin(), words.end(), "bytes") != words.end()) return *FindUnit("B");
  return {"", Dimension::kNumber, 1};
}

absl::string_view DimensionName(Dimension dimension) {
  switch (dimension) {
    case Dimension::kBytes:
      return "bytes";
    case Dimension::kTime:
      return "time";
    case Dimension::kPercent:
      return "percent";
    case Dimension::kNumber:
      return "a plain number";
  }
  return "unknown";
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
  const Shown unit = ShownUnit(value, dimension);
  const std::string digits = Digits(value, unit.factor, limit);
  return unit.name[0] == '\0' ? digits : absl::StrCat(digits, " ", unit.name);
}

}  // namespace loadline::policy
