#ifndef TOOLS_LOADLINE_SAMPLES_ENVIRONMENT_H_
#define TOOLS_LOADLINE_SAMPLES_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/policy/environment_rules.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::samples {

// What one file says about its environment: the text of every rule, in the table's order; empty
// where it says nothing.
struct Environment {
  std::vector<std::string> values;
};
Environment EnvironmentOf(const results::ResultFile& file);

// One rule on which the files do not agree.
struct EnvironmentDifference {
  std::string key;   // "cpu_model": what --allow-env takes
  std::string what;  // "CPU model"
  policy::EnvironmentWeight weight = policy::EnvironmentWeight::kRefuse;
  // Of kRefuse: only figures of threaded benchmarks are refused, and only those that it changes.
  bool only_threaded = false;
  bool allowed = false;  // of kRefuse: the caller allowed it
  // The different values of each side, in the order of the files, joined by " | "; "not said"
  // where a file says none.
  std::string base;
  std::string candidate;
  bool within_side = false;        // the files of one side already disagree
  policy::MetricClasses concerns;  // of kRefuse: of which figures
  // "CPU model differs: base \"A\", new \"B\" (--allow-env cpu_model compares all the same)"
  std::string Text() const;
  // Whether no figure of that class is comparable across it.
  bool Refuses(policy::MetricClass metric_class) const {
    return weight == policy::EnvironmentWeight::kRefuse && !allowed && !only_threaded &&
           concerns.Contains(metric_class);
  }
  // Times and rates, which every rule that refuses anything concerns.
  bool refuses() const { return Refuses(policy::MetricClass::kTime); }
};

// Every rule on which not all files agree, in the table's order. `allow` are keys; "all" allows
// every one. A value that nobody says is no difference; what nobody says at all is named by
// UnsaidByAll.
std::vector<EnvironmentDifference> CompareEnvironments(absl::Span<const Environment> base,
                                                       absl::Span<const Environment> candidate,
                                                       absl::Span<const std::string> allow);

// What no file says although it would decide whether they are comparable: "CPU model", ...
std::vector<std::string> UnsaidByAll(absl::Span<const Environment> base,
                                     absl::Span<const Environment> candidate);

// Whether every file says which program it ran, and it is the same one: an A/A comparison.
bool SameExecutable(absl::Span<const Environment> base, absl::Span<const Environment> candidate);

}  // namespace loadline::samples

#endif  // TOOLS_LOADLINE_SAMPLES_ENVIRONMENT_H_
