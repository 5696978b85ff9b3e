#include "tools/loadline/policy/environment_rules.h"

namespace loadline::policy {
namespace {

constexpr EnvironmentWeight kRefuse = EnvironmentWeight::kRefuse;
constexpr EnvironmentWeight kWarn = EnvironmentWeight::kWarn;
constexpr EnvironmentWeight kNote = EnvironmentWeight::kNote;

constexpr EnvironmentRule kRules[] = {
    {"cpu_model", "CPU model", kRefuse, kWarn, EnvironmentTest::kText, false, true},
    {"hardware_model", "machine model", kRefuse, kWarn},
    {"architecture", "architecture", kRefuse, kWarn},
    {"num_cpus", "number of CPUs", kRefuse, kWarn, EnvironmentTest::kText, false, true},
    {"usable_cpus", "CPUs the process may use", kRefuse, kWarn},
    {"mhz_per_cpu", "clock rate", kRefuse, kWarn, EnvironmentTest::kClockRate},
    {"os", "operating system", kRefuse, kWarn},
    {"page_bytes", "page size", kRefuse, kWarn},
    {"build", "build", kRefuse, kRefuse, EnvironmentTest::kText, false, true},
    {"compiler", "compiler", kRefuse, kWarn, EnvironmentTest::kText, false, true},
    {"flags", "compiler flags", kRefuse, kWarn},
    {"allocator", "allocator", kRefuse, kWarn, EnvironmentTest::kText, false, true},
    {"isolation", "isolation", kRefuse, kRefuse},
    {"executable_hash", "program", kRefuse, kWarn, EnvironmentTest::kOneSideAlone},
    {"profile", "profile", kRefuse, kWarn},
    {"input", "input of the suite", kRefuse, kWarn},
    {"time_semantics", "meaning of threaded times", kRefuse, kRefuse, EnvironmentTest::kText, true},
    {"library_version", "Google Benchmark version", kWarn, kWarn},
    {"allocator_version", "allocator version", kWarn, kWarn},
    {"malloc_arena_max", "MALLOC_ARENA_MAX", kWarn, kWarn},
    {"os_release", "kernel", kWarn, kWarn},
    {"host", "host", kWarn, kWarn},
    {"caches", "caches", kWarn, kWarn},
    {"cpu_scaling", "CPU scaling", kWarn, kWarn},
    {"aslr", "address randomisation", kWarn, kWarn},
    {"thp", "transparent huge pages", kWarn, kWarn},
    {"rss_source", "source of memory figures", kWarn, kWarn},
    {"load", "load per CPU", kWarn, kWarn, EnvironmentTest::kLoad},
    {"steal", "CPU time taken by other guests (%)", kWarn, kWarn, EnvironmentTest::kSteal},
    {"executable", "path of the program", kWarn, kNote, EnvironmentTest::kOneSideAlone},
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
