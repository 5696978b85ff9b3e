#include "tools/loadline/policy/environment_rules.h"

namespace loadline::policy {
namespace {

constexpr EnvironmentWeight kRefuse = EnvironmentWeight::kRefuse;
constexpr EnvironmentWeight kWarn = EnvironmentWeight::kWarn;
constexpr EnvironmentWeight kNote = EnvironmentWeight::kNote;

// A processor changes how long things take and nothing else that is measured; a page is what memory
// is counted in.
constexpr MetricClasses kTimes = {.time = true};
constexpr MetricClasses kTimesAndMemory = {.time = true, .memory = true};
// What makes another program of the same source, or gives it other libraries: another compiler
// inlines, elides and vectorises otherwise, another standard library allocates otherwise, and an
// allocator has instructions of its own. Answers must be as good whatever made the program, so that
// those are compared.
constexpr MetricClasses kAllButQuality = {.time = true, .memory = true, .count = true};
// Another question was asked: of other data, of other sizes, or of two programs mixed. And a build
// that was not meant to be measured has nothing that is compared.
constexpr MetricClasses kAll = {.time = true, .memory = true, .count = true, .quality = true};
constexpr MetricClasses kNone = {};

constexpr EnvironmentTest kText = EnvironmentTest::kText;

constexpr EnvironmentRule kRules[] = {
    {"cpu_model", "CPU model", kRefuse, kWarn, kTimes, kText, false, true},
    {"hardware_model", "machine model", kRefuse, kWarn, kTimes},
    {"architecture", "architecture", kRefuse, kWarn, kAllButQuality},
    {"num_cpus", "number of CPUs", kRefuse, kWarn, kTimes, kText, false, true},
    {"usable_cpus", "CPUs the process may use", kRefuse, kWarn, kTimes},
    {"mhz_per_cpu", "clock rate", kRefuse, kWarn, kTimes, EnvironmentTest::kClockRate},
    {"os", "operating system", kRefuse, kWarn, kAllButQuality},
    {"page_bytes", "page size", kRefuse, kWarn, kTimesAndMemory},
    {"build", "build", kRefuse, kRefuse, kAll, kText, false, true},
    {"compiler", "compiler", kRefuse, kWarn, kAllButQuality, kText, false, true},
    {"flags", "compiler flags", kRefuse, kWarn, kAllButQuality},
    {"allocator", "allocator", kRefuse, kWarn, kAllButQuality, kText, false, true},
    {"isolation", "isolation", kRefuse, kRefuse, kAllButQuality},
    {"executable_hash", "program", kRefuse, kWarn, kAll, EnvironmentTest::kOneSideAlone},
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
    {"load", "load per CPU", kWarn, kWarn, kNone, EnvironmentTest::kLoad},
    {"steal", "CPU time taken by other guests (%)", kWarn, kWarn, kNone, EnvironmentTest::kSteal},
    {"executable", "path of the program", kWarn, kNote, kNone, EnvironmentTest::kOneSideAlone},
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
