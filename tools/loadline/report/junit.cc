#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/report/report_parts.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;
using limits::CheckVerdict;
using limits::LimitVerdict;
using results::ExitCode;

// kFailure: judged, and the answer is no. kError: could not be judged. kSkipped: judged by nobody.
enum class JunitOutcome { kPass, kFailure, kError, kSkipped };

std::string Attribute(absl::string_view name, absl::string_view value) {
  return absl::StrCat(" ", name, "=\"", EscapeXml(value), "\"");
}

// A message beside a pass is shown as the case's output. Some readers insist on a type, which in
// Java is the exception's.
std::string ElementOf(JunitOutcome outcome, absl::string_view type, absl::string_view message) {
  if (outcome == JunitOutcome::kPass) {
    return absl::StrCat("<system-out>", EscapeXml(message), "</system-out>");
  }
  if (outcome == JunitOutcome::kSkipped) {
    return absl::StrCat("<skipped", Attribute("message", message), "/>");
  }
  return absl::StrCat(outcome == JunitOutcome::kFailure ? "<failure" : "<error",
                      Attribute("type", type), Attribute("message", message), "/>");
}

// One suite; all text is escaped here.
class JunitSuite {
 public:
  explicit JunitSuite(std::string name) : name_(std::move(name)) {}

  void AddProperty(absl::string_view name, absl::string_view value) {
    absl::StrAppend(&properties_, "      <property", Attribute("name", name),
                    Attribute("value", value), "/>\n");
  }

  void AddCase(absl::string_view class_name, absl::string_view name, JunitOutcome outcome,
               absl::string_view message) {
    ++counts_[static_cast<size_t>(outcome)];
    absl::StrAppend(&cases_, "    <testcase", Attribute("classname", class_name),
                    Attribute("name", name), Attribute("time", "0"), ">\n      ",
                    ElementOf(outcome, class_name, message), "\n    </testcase>\n");
  }

  void AddErrors(absl::string_view class_name, const std::vector<std::string>& messages) {
    for (const std::string& message : messages) {
      AddCase(class_name, message, JunitOutcome::kError, message);
    }
  }

  // The whole document, with a newline at the end.
  std::string Render() const {
    const auto [passed, failures, errors, skipped] = counts_;
    const std::string counts =
        absl::StrCat(" tests=\"", passed + failures + errors + skipped, "\" failures=\"", failures,
                     "\" errors=\"", errors, "\"");
    return absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"loadline\"",
                        counts, ">\n  <testsuite", Attribute("name", name_), counts, " skipped=\"",
                        skipped, "\">\n    <properties>\n", properties_, "    </properties>\n",
                        cases_, "  </testsuite>\n</testsuites>\n");
  }

 private:
  std::string name_;
  std::string properties_;
  std::string cases_;
  std::array<size_t, 4> counts_{};  // of each outcome
};

JunitOutcome OutcomeOf(const LimitVerdict& limit) {
  if (limit.outcome == limits::Outcome::kPass) return JunitOutcome::kPass;
  return limit.outcome == limits::Outcome::kFail ? JunitOutcome::kFailure : JunitOutcome::kError;
}

// A row that is too noisy is an error where the policy lets it fail, and skipped where it does not.
JunitOutcome OutcomeOf(const CompareRow& row) {
  if (!row.gated) return JunitOutcome::kSkipped;
  if (row.finding == Finding::kRegressed) return JunitOutcome::kFailure;
  if (IsGood(row.finding)) return JunitOutcome::kPass;
  if (IsHeldToGuard(row.finding)) {
    if (row.benchmark->exit_code == ExitCode::kBroken) return JunitOutcome::kFailure;
    if (row.change != nullptr && !row.change->TooNoisyToGate()) return JunitOutcome::kPass;
  }
  return row.benchmark->exit_code == ExitCode::kPass ? JunitOutcome::kSkipped
                                                     : JunitOutcome::kError;
}

// A case for every limit, failed benchmark and problem.
void AddCheckCases(const CheckVerdict& verdict, JunitSuite& suite) {
  for (const LimitVerdict& limit : verdict.limits) {
    suite.AddCase(
        "loadline.limit",
        absl::StrCat(limit.required(), " for ", absl::StrJoin(limit.limit.benchmarks, " or ")),
        OutcomeOf(limit), absl::StrCat("required ", limit.required(), LimitFigures(limit)));
  }
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    suite.AddCase("loadline.benchmark", failure.benchmark, JunitOutcome::kError,
                  absl::StrCat(failure.message, " (", failure.source, ")"));
  }
  suite.AddErrors("loadline.input", verdict.problems);
}

}  // namespace

std::string AsJunit(const CheckVerdict& verdict) {
  JunitSuite suite("loadline check");
  suite.AddProperty("policy", verdict.policy);
  suite.AddProperty("results", absl::StrJoin(verdict.sources, ", "));
  suite.AddProperty("headline", verdict.Headline());
  if (!verdict.reference.empty()) {
    suite.AddProperty("reference", verdict.reference);
    suite.AddProperty("reference_machine", verdict.OnReferenceMachine() ? "true" : "false");
  }
  for (const std::string& note : verdict.notes) suite.AddProperty("note", note);
  AddCheckCases(verdict, suite);
  return suite.Render();
}

std::string AsJunit(const CompareVerdict& verdict) {
  JunitSuite suite("loadline compare");
  suite.AddProperty("policy", verdict.policy);
  suite.AddProperty("base", SideWords(verdict.base));
  suite.AddProperty("new", SideWords(verdict.candidate));
  suite.AddProperty("headline", Headline(verdict));
  suite.AddProperty("counts", VerdictCounts(verdict));
  for (const Remark& remark : SurroundingsOf(verdict)) suite.AddProperty(remark.about, remark.text);
  for (const CompareRow& row : RowsOf(verdict)) {
    suite.AddCase("loadline.compare", RowName(verdict, row), OutcomeOf(row),
                  RowSentence(verdict, row));
  }
  for (const samples::EnvironmentDifference& difference : verdict.environment) {
    if (!difference.refuses()) continue;
    suite.AddCase("loadline.environment", difference.what, JunitOutcome::kError, difference.Text());
  }
  suite.AddErrors("loadline.void", verdict.void_reasons);
  suite.AddErrors("loadline.input", verdict.problems);
  if (verdict.limits.has_value()) AddCheckCases(*verdict.limits, suite);
  return suite.Render();
}

}  // namespace loadline::report
