#include "tools/loadline/samples/machine.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/results/counted.h"

namespace loadline::samples {
namespace {

using results::Json;
using results::ResultFile;

// No machine has more processors, and none more threads that want one.
constexpr double kMost = 1e6;

std::optional<double> IfPossible(std::optional<double> value) {
  return value >= 0.0 && value <= kMost ? value : std::nullopt;
}

// A context value that is a number, or a text that says one.
std::optional<double> NumberIn(const ResultFile& file, absl::string_view key) {
  double value = 0;
  const bool is = absl::SimpleAtod(file.ContextText(key), &value);
  return is ? IfPossible(value) : std::nullopt;
}

// Google Benchmark's "load_avg": of one, five and fifteen minutes, at the program's start.
std::optional<double> LoadAverage(const ResultFile& file) {
  const Json* const said = results::FindMember(file.context, "load_avg");
  const auto* array = said == nullptr ? nullptr : std::get_if<Json::Array>(&said->value);
  if (array == nullptr || array->empty()) return std::nullopt;
  return IfPossible(array->front().AsNumber());
}

}  // namespace

Host HostOf(const ResultFile& file) {
  Host host;
  host.name = file.ContextText("loadline.host.name");
  if (host.name.empty()) host.name = file.ContextText("host_name");
  if (host.name.empty()) host.name = "unknown host";
  const std::string os = file.ContextText("loadline.host.os");
  const std::string release = file.ContextText("loadline.host.os_release");
  const std::string cpus = file.ContextText("num_cpus");
  std::vector<std::string> parts = {
      absl::StrCat(os, os.empty() || release.empty() ? "" : " ", release),
      file.ContextText("loadline.host.architecture"),
      file.ContextText("loadline.host.hardware_model"), file.ContextText("loadline.host.cpu_model"),
      cpus.empty() ? "" : absl::StrCat(cpus, cpus == "1" ? " CPU" : " CPUs")};
  std::erase(parts, "");
  host.description = absl::StrJoin(parts, ", ");
  return host;
}

std::string Host::Text() const {
  return description.empty() ? name : absl::StrCat(name, " (", description, ")");
}

double MachineLoad::PerCpu() const {
  return std::max({0.0, before.value_or(0), after.value_or(0) - own}) / cpus;
}

std::string MachineLoad::Text() const {
  std::vector<std::string> parts;
  if (before.has_value()) parts.push_back(absl::StrCat(*before, " before"));
  if (after.has_value()) parts.push_back(absl::StrCat(*after, " after"));
  return absl::StrCat("load ", absl::StrJoin(parts, " and "), " it, ",
                      results::Counted(static_cast<size_t>(cpus), "CPU"));
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

}  // namespace loadline::samples
