#include "tools/loadline/run/suite_arguments.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::run {
namespace {

struct OurFlag {
  absl::string_view name;
  const char* instead;
};
constexpr char kReadsJson[] = "leave it out: results are read from a JSON file";
constexpr OurFlag kOurFlags[] = {
    {"benchmark_filter", "give loadline --filter RE"},
    {"benchmark_out", "give loadline --out FILE"},
    {"benchmark_out_format", kReadsJson},
    {"benchmark_format", kReadsJson},
    {"benchmark_list_tests", "leave it out: the program is asked for its list"},
    {"benchmark_report_aggregates_only", "leave it out: every measurement is needed"},
};

// The name of a flag, as Google Benchmark and Abseil take it; empty for any other word.
absl::string_view FlagName(absl::string_view word) {
  if (!absl::StartsWith(word, "-")) return {};
  word.remove_prefix(absl::StartsWith(word, "--") ? 2 : 1);
  return word.substr(0, word.find('='));
}

}  // namespace

absl::Status CheckSuiteArguments(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    for (const OurFlag& flag : kOurFlags) {
      if (FlagName(argument) != flag.name) continue;
      return absl::InvalidArgumentError(absl::StrCat("after --: ", results::Quoted(argument),
                                                     " is set by loadline; ", flag.instead));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> SuiteCommandLine(const std::string& program,
                                          const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& flags) {
  std::vector<std::string> line = {program};
  line.insert(line.end(), arguments.begin(), arguments.end());
  for (const std::string& flag : flags) {
    const bool set = std::any_of(arguments.begin(), arguments.end(), [&](const auto& argument) {
      return FlagName(argument) == FlagName(flag);
    });
    if (!set) line.push_back(flag);
  }
  return line;
}

}  // namespace loadline::run
