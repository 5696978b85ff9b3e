#include "tools/loadline/policy/environment_rules.h"

namespace loadline::policy {
namespace {

using enum EnvironmentWeight;
using enum EnvironmentTest;

constexpr MetricClasses kNone = {0};
// A processor changes how long things take and nothing else that is measured; a page is what memory
// is counted in.
constexpr MetricClasses kTimes = {1};
constexpr MetricClasses kTimesAndMemory = {2};
// What makes another program of the same source, or gives it other libraries, which allocate and
// count otherwise. Answers must be as good whatever made the program.
constexpr MetricClasses kAllButQuality = {3};
// Another question was asked: of other data, of other sizes, or of two programs mixed; or the build
// was not meant to be measured.
constexpr MetricClasses kAll = {4};

constexpr EnvironmentRule kRules[] = {
    {"cpu_model", "CPU model", kRefuse, kWarn, kTimes, kText, false, true},
    {"hardware_model", "machine model", kRefuse, kWarn, kTimes},
    {"architecture", "architecture", kRefuse, kWarn, kAllButQuality},
    {"num_cpus", "number of CPUs", kRefuse, kWarn, kTimes, kText, false, true},
    {"usable_cpus", "CPUs the process may use", kRefuse, kWarn, kTimes},
    {"mhz_per_cpu", "clock rate", kRefuse, kWarn, kTimes, kClockRate},
    {"os", "operating system", kRefuse, kWarn, kAllButQuality},
    {"page_bytes", "page size", kRefuse, kWarn, kTimesAndMemory},
    {"build", "build", kRefuse, kRefuse, kAll, kText, false, true},
    {"compiler", "compiler", kRefuse, kWarn, kAllButQuality, kText, false, true},
    {"flags", "compiler flags", kRefuse, kWarn, kAllButQuality},
    {"allocator", "allocator", kRefuse, kWarn, kAllButQuality, kText, false, true},
    {"isolation", "isolation", kRefuse, kRefuse, kAllButQuality},
    {"executable_hash", "program", kRefuse, kWarn, kAll, kOneSideAlone},
    {"profile", "profile", kRefuse, kWarn, kAll},
    {"input", "input of the suite", kRefuse, kWarn, kAll},
    {"time_semantics", "meaning of threaded times", kRefuse, kRefuse, kTimes, kText, true},
    {"library_version", "Google Benchmark version", kWarn, kWarn},
    {"allocator_version", "allocator version", kWarn, kWarn},
    {"malloc_arena_max", "MALLOC_ARENA_MAX", kWarn, kWarn},
    {"os_release", "kernel", kWarn, kWarn},
    {"host", "host", kWarn, kWarn},
    {"caches", "caches", kWarn, kWarn},
    {"cpu_scaling", "CPU scaling", kWarn, kWarn},
    {"aslr", "address randomisation", kWarn, kWarn},
    {"thp", "transparent huge pages", kWarn, kWarn},
    {"arguments", "arguments of the program", kWarn, kNote},
    {"settings", "settings in the environment", kWarn, kNote},
    {"rss_source", "source of memory figures", kWarn, kWarn},
    {"load", "load per CPU", kWarn, kWarn, kNone, kLoad},
    {"steal", "CPU time taken by other guests (%)", kWarn, kWarn, kNone, kSteal},
    {"executable", "path of the program", kWarn, kNote, kNone, kOneSideAlone},
    {"commit", "commit", kNote, kNote},
    {"library_build_type", "library_build_type (no evidence: how the library was packaged)", kNote,
     kNote},
};

}  // namespace

absl::Span<const EnvironmentRule> EnvironmentRules() { return kRules; }

std::vector<std::string> EnvironmentKeys() {
  std::vector<std::string> keys;
  for (const EnvironmentRule& rule : kRules) {
    if (rule.differs == EnvironmentWeight::kRefuse) keys.emplace_back(rule.key);
  }
  return keys;
}

}  // namespace loadline::policy
