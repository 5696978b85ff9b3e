#include "tools/loadline/judge/machine_load.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/judge/counted.h"

namespace loadline::judge {
namespace {

using results::Json;
using results::ResultFile;

// A context value that is a number from 0 up, or a text that says one.
std::optional<double> NumberIn(const ResultFile& file, absl::string_view key) {
  double value = 0;
  const bool is = absl::SimpleAtod(file.ContextText(key), &value);
  return is && std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

// Google Benchmark's "load_avg": of one, five and fifteen minutes, at the program's start.
std::optional<double> LoadAverage(const ResultFile& file) {
  for (const auto& [key, json] : file.context) {
    const auto* array = std::get_if<Json::Array>(&json.value);
    if (key != "load_avg" || array == nullptr || array->empty()) continue;
    if (const auto* load = std::get_if<double>(&array->front().value)) return *load;
    if (const auto* load = std::get_if<int64_t>(&array->front().value)) return *load;
  }
  return std::nullopt;
}

}  // namespace

double MachineLoad::PerCpu() const {
  return std::max({0.0, before.value_or(0), after.value_or(0) - own}) / cpus;
}

std::string MachineLoad::Text() const {
  std::vector<std::string> parts;
  if (before.has_value()) parts.push_back(absl::StrCat(*before, " before"));
  if (after.has_value()) parts.push_back(absl::StrCat(*after, " after"));
  return absl::StrCat("load ", absl::StrJoin(parts, " and "), " it, ",
                      Counted(static_cast<size_t>(cpus), "CPU"));
}

std::optional<MachineLoad> LoadOf(const ResultFile& file) {
  MachineLoad load{.before = NumberIn(file, "loadline.load_before"),
                   .after = NumberIn(file, "loadline.load_after")};
  if (!load.before.has_value()) load.before = LoadAverage(file);
  auto cpus = NumberIn(file, "num_cpus");
  if (!cpus.has_value()) cpus = NumberIn(file, "loadline.host.online_cpus");
  if ((!load.before.has_value() && !load.after.has_value()) || !(cpus >= 1.0)) return std::nullopt;
  load.cpus = *cpus;
  for (const results::Row& row : file.rows) {
    load.own = std::max(load.own, std::min(load.cpus, static_cast<double>(row.threads)));
  }
  return load;
}

}  // namespace loadline::judge
