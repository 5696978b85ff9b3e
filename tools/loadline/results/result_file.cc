#include "tools/loadline/results/result_file.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace loadline::results {
namespace {

struct TextOfValue {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int64_t value) const { return absl::StrCat(value); }
  std::string operator()(uint64_t value) const { return absl::StrCat(value); }
  std::string operator()(double value) const {
    return std::isfinite(value) ? JsonNumber(value) : std::string();
  }
  std::string operator()(const std::string& value) const { return value; }
  template <typename T>
  std::string operator()(const T&) const {
    return std::string();
  }
};

}  // namespace

std::optional<double> Row::Counter(absl::string_view counter) const {
  if (counter == "real_time_ns" && real_time_ns.has_value()) return real_time_ns;
  if (counter == "cpu_time_ns" && cpu_time_ns.has_value()) return cpu_time_ns;
  const auto found = counters.find(counter);
  if (found == counters.end()) return std::nullopt;
  return found->second;
}

bool IsFit(const Row& row) { return row.aggregate_name == "BigO" || row.aggregate_name == "RMS"; }

const Json* ResultFile::Context(absl::string_view key) const {
  for (const Json::Member& member : context) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

std::string ResultFile::ContextText(absl::string_view key) const {
  const Json* const said = Context(key);
  return said == nullptr ? std::string() : std::visit(TextOfValue{}, said->value);
}

bool ResultFile::incomplete() const {
  // Anything that is not plainly "false" counts as cut short.
  const Json* const said = Context("loadline.incomplete");
  return said != nullptr && std::visit(TextOfValue{}, said->value) != "false";
}

double NanosPerTimeUnit(absl::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  return 0;
}

}  // namespace loadline::results
