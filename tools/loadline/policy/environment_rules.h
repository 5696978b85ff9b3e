#ifndef TOOLS_LOADLINE_POLICY_ENVIRONMENT_RULES_H_
#define TOOLS_LOADLINE_POLICY_ENVIRONMENT_RULES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/policy/metric.h"

namespace loadline::policy {

// What two runs must have in common. The rules are one table in the .cc; the docs have it too.
enum class EnvironmentWeight {
  kRefuse,  // figures across it are not comparable: exit code 4 unless allowed by its key
  kWarn,    // may matter; said, judges nothing
  kNote,    // differs as a rule (the commit) or is no evidence (library_build_type)
};

// How the values of a rule are held against each other.
enum class EnvironmentTest {
  kText,          // equal or not
  kClockRate,     // numbers within five per cent
  kLoad,          // any busy machine, whether they differ or not
  kSteal,         // any above one per cent
  kOneSideAlone,  // the files of one side must agree; the sides differ as a rule
};

// Which classes of figures a rule concerns: the first so many, in the order of MetricClass. The
// others are compared across it.
struct MetricClasses {
  int count = 0;

  constexpr bool Contains(MetricClass metric_class) const {
    return static_cast<int>(metric_class) < count;
  }
};

struct EnvironmentRule {
  absl::string_view key;   // "cpu_model": what --allow-env takes
  absl::string_view what;  // "CPU model"
  EnvironmentWeight differs;
  // When some files say it and others do not: it may be the same, so that most are a warning. A
  // build that is not known to be optimised is not comparable with one that is.
  EnvironmentWeight unsaid;
  MetricClasses concerns;  // of a rule that can refuse; the others only tell
  EnvironmentTest test = EnvironmentTest::kText;
  bool only_threaded = false;
  bool asked_for = false;  // worth a word when no file says it
};

absl::Span<const EnvironmentRule> EnvironmentRules();

// The keys that can be refused, for messages and for checking what a caller allows.
std::vector<std::string> EnvironmentKeys();

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_ENVIRONMENT_RULES_H_
