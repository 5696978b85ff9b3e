#include "loadline/harness/run_context.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "loadline/base/crc32c.h"
#include "loadline/harness/compat.h"
#include "loadline/harness/counters.h"
#include "loadline/harness/free_memory.h"
#include "loadline/harness/program_build.h"
#include "loadline/platform/cpu.h"
#include "loadline/platform/host.h"
#include "loadline/platform/memory.h"
#include "loadline/platform/settings.h"

namespace loadline::harness {
namespace {

constexpr char kUnavailable[] = "unavailable";

std::string Environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

// The first line of a small file, stripped; no value if it cannot be read.
std::optional<std::string> FirstLine(const char* path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return std::string(absl::StripAsciiWhitespace(line));
}

// "madvise" of "always [madvise] never".
std::string TransparentHugePages() {
  const std::optional<std::string> line = FirstLine("/sys/kernel/mm/transparent_hugepage/enabled");
  if (!line.has_value()) return kUnavailable;
  const size_t open = line->find('[');
  const size_t close = line->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return *line;
  return line->substr(open + 1, close - open - 1);
}

// Whether addresses are laid out at random: the machine's setting, and this process's personality.
std::string AddressRandomization() {
  const std::optional<std::string> machine = FirstLine("/proc/sys/kernel/randomize_va_space");
  if (!machine.has_value()) return kUnavailable;
  constexpr uint32_t kNoRandomize = 0x0040000;  // ADDR_NO_RANDOMIZE of <sys/personality.h>
  uint32_t personality = 0;
  if (const auto line = FirstLine("/proc/self/personality"); line.has_value()) {
    personality = static_cast<uint32_t>(std::strtoul(line->c_str(), nullptr, 16));
  }
  return *machine != "0" && (personality & kNoRandomize) == 0 ? "on" : "off";
}

// Which program this is, whatever it is called: the CRC of its file, and its size.
std::string ExecutableHash(absl::string_view executable) {
  std::FILE* file = std::fopen("/proc/self/exe", "rb");
  if (file == nullptr) file = std::fopen(std::string(executable).c_str(), "rb");
  if (file == nullptr) return kUnavailable;
  char buffer[16384];  // small: this process's memory is being measured
  uint32_t crc = 0;
  uint64_t size = 0;
  while (const size_t got = std::fread(buffer, 1, sizeof(buffer), file)) {
    crc = Crc32c(crc, buffer, got);
    size += got;
  }
  const bool complete = std::ferror(file) == 0;
  std::fclose(file);
  return complete ? absl::StrFormat("crc32c:%08x,%d", crc, size) : kUnavailable;
}

std::string Load() {
  const std::optional<platform::LoadAverage> load = platform::ReadLoadAverage();
  return load.has_value() ? absl::StrFormat("%.2f", load->one) : kUnavailable;
}

// "4 Performance, 6 Efficiency".
std::string CoreKinds(const platform::CpuTopology& cpu) {
  std::string text;
  for (const platform::CoreKind& kind : cpu.core_kinds) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", kind.logical_cpus, " ", kind.name);
  }
  return text.empty() ? kUnavailable : text;
}

using Context = std::vector<std::pair<std::string, std::string>>;

void AddBuild(Context& context, absl::string_view executable) {
  const ProgramBuild& build = RegisteredProgramBuild();
  const std::string allocator = AllocatorName();
  const size_t space = allocator.find(' ');
  context.emplace_back("commit", Environment("LOADLINE_COMMIT", build.commit));
  context.emplace_back("dirty", build.dirty);
  context.emplace_back("build_type", build.type);
  context.emplace_back("compiler", build.compiler);
  context.emplace_back("flags", absl::StripAsciiWhitespace(build.flags));
  context.emplace_back("optimized", build.optimized);
  context.emplace_back("assertions", build.assertions);
  context.emplace_back("sanitizer", build.sanitizer);
  context.emplace_back("allocator", allocator.substr(0, space));
  context.emplace_back("allocator_version",
                       space == std::string::npos ? kUnavailable : allocator.substr(space + 1));
  context.emplace_back("gb_version", BenchmarkLibraryVersion());
  context.emplace_back("time_semantics", TimeSemantics());
  context.emplace_back("executable_hash", ExecutableHash(executable));
}

void AddHost(Context& context) {
  const platform::HostIdentity host = platform::ReadHostIdentity();
  const platform::CpuTopology cpu = platform::ReadCpuTopology();
  context.emplace_back("host.name", host.name);
  context.emplace_back("host.os", host.os);
  context.emplace_back("host.os_release", host.os_release);
  context.emplace_back("host.architecture", host.architecture);
  context.emplace_back("host.hardware_model", host.hardware_model);
  context.emplace_back("host.cpu_model", cpu.model);
  context.emplace_back("host.online_cpus", absl::StrCat(cpu.online_cpus));
  context.emplace_back("host.usable_cpus", absl::StrCat(cpu.usable_cpus));
  context.emplace_back("host.core_kinds", CoreKinds(cpu));
  context.emplace_back("host.page_bytes", absl::StrCat(platform::PageSizeBytes()));
  context.emplace_back("host.clock_tick_ns", absl::StrCat(platform::ClockTickNanos()));
  context.emplace_back("host.thp", TransparentHugePages());
}

// What is measured does not change by these.
bool OnlyChoosesOrShows(absl::string_view argument) {
  if (!absl::ConsumePrefix(&argument, "--benchmark_")) return false;
  const absl::string_view flag = argument.substr(0, argument.find('='));
  for (const absl::string_view name :
       {"filter", "list_tests", "out", "out_format", "format", "color", "counters_tabular",
        "context", "report_aggregates_only", "display_aggregates_only"}) {
    if (flag == name) return true;
  }
  return false;
}

std::string ArgumentsOf(absl::Span<const std::string> all) {
  std::vector<std::string> arguments;
  for (const std::string& argument : all) {
    if (!OnlyChoosesOrShows(argument)) arguments.push_back(argument);
  }
  return platform::ArgumentsText(arguments);
}

void AddRun(Context& context, absl::Span<const std::string> arguments) {
  context.emplace_back("rss_source", std::string(platform::PeakMemory().source));
  context.emplace_back("load_before", Load());
  context.emplace_back("aslr", AddressRandomization());
  context.emplace_back("malloc_arena_max", Environment("MALLOC_ARENA_MAX", "default"));
  context.emplace_back("arguments", ArgumentsOf(arguments));
  context.emplace_back("settings", platform::ReadSettings());
  context.emplace_back("seed", Environment("LOADLINE_SEED", "default"));
  context.emplace_back("profile", Environment("LOADLINE_PROFILE", "default"));
}

}  // namespace

Context RunContext(absl::string_view executable, absl::Span<const std::string> arguments) {
  Context context;
  context.emplace_back("schema", "1");
  AddBuild(context, executable);
  AddHost(context);
  AddRun(context, arguments);
  for (auto& [key, value] : context) {
    key = absl::StrCat("loadline.", key);
    value = SanitizeText(value);
  }
  return context;
}

std::vector<std::string> BuildWarnings() {
  const ProgramBuild& build = RegisteredProgramBuild();
  const auto is = [](const char* text, absl::string_view value) { return text == value; };
  std::vector<std::string> warnings;
  if (is(build.optimized, kUnknown)) {
    warnings.push_back(
        "how it was built is not known: link loadline::bench_main by CMake, or compile "
        "register_program_build.cc as a part of it");
  }
  if (is(build.optimized, "false")) {
    warnings.push_back("built without optimisation: its times say nothing about the program");
  }
  if (is(build.optimized, "true") && is(build.assertions, "true")) {
    warnings.push_back("built with assertions (no -DNDEBUG): times include them");
  }
  if (!is(build.sanitizer, "none") && !is(build.sanitizer, kUnknown)) {
    warnings.push_back(absl::StrCat("built with the ", build.sanitizer,
                                    " sanitizer: times and memory say nothing about the program"));
  }
  return warnings;
}

}  // namespace loadline::harness
