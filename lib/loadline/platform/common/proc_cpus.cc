#include "loadline/platform/common/proc_cpus.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace loadline::platform {
namespace {

constexpr int kHighestCpu = 65'535;

// One "processor" paragraph of /proc/cpuinfo. Many ARM kernels give nothing but the number.
struct Processor {
  int number = 0;
  std::string model;
  std::optional<std::pair<int, int>> core;  // package and core in it
};

std::optional<int> ParseNumber(absl::string_view text) {
  int number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < 0 || number > kHighestCpu) return std::nullopt;
  return number;
}

std::optional<Processor> ParseProcessor(absl::string_view paragraph) {
  std::optional<int> number;
  std::optional<int> package;
  std::optional<int> core;
  std::string model;
  for (const absl::string_view line : absl::StrSplit(paragraph, '\n')) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    const absl::string_view key = absl::StripAsciiWhitespace(field.first);
    const absl::string_view value = absl::StripAsciiWhitespace(field.second);
    if (key == "processor") number = ParseNumber(value);
    if (key == "physical id") package = ParseNumber(value);
    if (key == "core id") core = ParseNumber(value);
    if (key == "model name") model = std::string(value);
  }
  if (!number.has_value()) return std::nullopt;
  Processor processor{*number, std::move(model), std::nullopt};
  if (package.has_value() && core.has_value()) processor.core.emplace(*package, *core);
  return processor;
}

std::vector<Processor> ParseCpuInfo(absl::string_view text) {
  std::vector<Processor> processors;
  for (const absl::string_view paragraph : absl::StrSplit(text, "\n\n")) {
    std::optional<Processor> processor = ParseProcessor(paragraph);
    if (processor.has_value()) processors.push_back(*std::move(processor));
  }
  return processors;
}

// Distinct cores among the processors numbered in `cpus`; 0 if any of them does not say its core.
int CountCores(const std::vector<Processor>& processors, const std::vector<int>& cpus) {
  std::set<std::pair<int, int>> cores;
  for (const Processor& processor : processors) {
    if (std::find(cpus.begin(), cpus.end(), processor.number) == cpus.end()) continue;
    if (!processor.core.has_value()) return 0;
    cores.insert(*processor.core);
  }
  return static_cast<int>(cores.size());
}

CoreKind KindOf(absl::string_view name, const std::vector<Processor>& processors,
                const std::vector<int>& cpus) {
  return {std::string(name), CountCores(processors, cpus), static_cast<int>(cpus.size())};
}

}  // namespace

std::vector<int> ParseCpuList(absl::string_view text) {
  std::vector<int> cpus;
  for (const absl::string_view range : absl::StrSplit(absl::StripAsciiWhitespace(text), ',')) {
    const std::pair<absl::string_view, absl::string_view> ends =
        absl::StrSplit(range, absl::MaxSplits('-', 1));
    const bool single = range.find('-') == absl::string_view::npos;
    const std::optional<int> first = ParseNumber(ends.first);
    const std::optional<int> last = single ? first : ParseNumber(ends.second);
    if (!first.has_value() || !last.has_value() || *last < *first) return {};
    for (int cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

CpuTopology TopologyOfProcTexts(const ProcCpuTexts& texts, int online_cpus, int usable_cpus) {
  const std::vector<Processor> processors = ParseCpuInfo(texts.cpuinfo);
  CpuTopology topology;
  topology.model = "unknown";
  if (!processors.empty() && !processors.front().model.empty()) {
    topology.model = processors.front().model;
  }
  topology.online_cpus = online_cpus;
  topology.usable_cpus = usable_cpus;
  topology.source = "procfs";
  const std::vector<int> performance = ParseCpuList(texts.performance_cpus);
  const std::vector<int> efficiency = ParseCpuList(texts.efficiency_cpus);
  if (!performance.empty() && !efficiency.empty()) {
    topology.core_kinds.push_back(KindOf("Performance", processors, performance));
    topology.core_kinds.push_back(KindOf("Efficiency", processors, efficiency));
    return topology;
  }
  std::vector<int> all;
  for (const Processor& processor : processors) all.push_back(processor.number);
  topology.core_kinds.push_back({"cpu", CountCores(processors, all), online_cpus});
  return topology;
}

}  // namespace loadline::platform
