#ifndef TOOLS_LOADLINE_JUDGE_ENVIRONMENT_H_
#define TOOLS_LOADLINE_JUDGE_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::judge {

// What two runs must have in common. The rules are one table in the .cc; the docs have it too.
enum class EnvironmentWeight {
  kRefuse,  // figures across it are not comparable: exit code 4 unless allowed by its key
  kWarn,    // may matter; said, judges nothing
  kNote,    // differs as a rule (the commit) or is no evidence (library_build_type)
};

// What one file says about its environment: the text of every rule, in the table's order; empty
// where it says nothing.
struct Environment {
  std::string source;
  std::vector<std::string> values;
};
Environment EnvironmentOf(const results::ResultFile& file);

// One rule on which the files do not agree.
struct EnvironmentDifference {
  std::string key;   // "cpu_model": what --allow-env takes
  std::string what;  // "CPU model"
  EnvironmentWeight weight = EnvironmentWeight::kRefuse;
  // Of kRefuse: only figures of threaded benchmarks are refused, and only those that it changes.
  bool only_threaded = false;
  bool allowed = false;  // of kRefuse: the caller allowed it
  // The different values of each side, in the order of the files, joined by " | "; "not said"
  // where a file says none.
  std::string base;
  std::string fresh;
  bool within_side = false;  // the files of one side already disagree
  // "CPU model differs: base \"A\", new \"B\" (--allow-env cpu_model compares all the same)"
  std::string Text() const;
  // The whole comparison.
  bool refuses() const {
    return weight == EnvironmentWeight::kRefuse && !allowed && !only_threaded;
  }
};

// Every rule on which not all files agree, in the table's order. `allow` are keys; "all" allows
// every one. A value that nobody says is no difference; what nobody says at all is named by
// UnsaidByAll.
std::vector<EnvironmentDifference> CompareEnvironments(absl::Span<const Environment> base,
                                                       absl::Span<const Environment> fresh,
                                                       absl::Span<const std::string> allow);

// What no file says although it would decide whether they are comparable: "CPU model", ...
std::vector<std::string> UnsaidByAll(absl::Span<const Environment> base,
                                     absl::Span<const Environment> fresh);

// Whether every file says which program it ran, and it is the same one: an A/A comparison.
bool SameExecutable(absl::Span<const Environment> base, absl::Span<const Environment> fresh);

// The keys that can be refused, for messages and for checking what a caller allows.
std::vector<std::string> EnvironmentKeys();

}  // namespace loadline::judge

#endif  // TOOLS_LOADLINE_JUDGE_ENVIRONMENT_H_
