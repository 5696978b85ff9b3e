#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/escape.h"

namespace loadline::report {
namespace {

using judge::CheckVerdict;
using judge::LimitVerdict;
using judge::Outcome;

std::string Attribute(absl::string_view name, absl::string_view value) {
  return absl::StrCat(" ", name, "=\"", EscapeXml(value), "\"");
}

std::string Property(absl::string_view name, absl::string_view value) {
  return absl::StrCat("      <property", Attribute("name", name), Attribute("value", value),
                      "/>\n");
}

std::string Figures(const LimitVerdict& limit) {
  std::string text = absl::StrCat("required ", limit.required(), ", worst ", limit.WorstText());
  if (!limit.worst_benchmark.empty()) absl::StrAppend(&text, " at ", limit.worst_benchmark);
  absl::StrAppend(&text, ", measured ", limit.benchmarks_measured, " of ",
                  limit.benchmarks_matched);
  if (!limit.explanation.empty()) absl::StrAppend(&text, ": ", limit.explanation);
  return text;
}

std::string TestCase(absl::string_view class_name, absl::string_view name,
                     absl::string_view element, absl::string_view message) {
  std::string out = absl::StrCat("    <testcase", Attribute("classname", class_name),
                                 Attribute("name", name), ">\n");
  absl::StrAppend(&out, "      <", element,
                  element == "system-out" ? absl::StrCat(">", EscapeXml(message), "</system-out>")
                                          : absl::StrCat(Attribute("message", message), "/>"),
                  "\n    </testcase>\n");
  return out;
}

std::string LimitCase(const LimitVerdict& limit) {
  const std::string name =
      absl::StrCat(limit.required(), " for ", absl::StrJoin(limit.limit.benchmarks, " or "));
  const absl::string_view element = limit.outcome == Outcome::kPass   ? "system-out"
                                    : limit.outcome == Outcome::kFail ? "failure"
                                                                      : "error";
  return TestCase("loadline.limit", name, element, Figures(limit));
}

std::string Properties(const CheckVerdict& verdict) {
  std::string out =
      absl::StrCat("    <properties>\n", Property("policy", verdict.policy),
                   Property("results", absl::StrJoin(verdict.sources, ", ")),
                   Property("headline", verdict.Headline()),
                   Property("reference_machine", verdict.OnReferenceMachine() ? "true" : "false"));
  for (const std::string& note : verdict.notes) absl::StrAppend(&out, Property("note", note));
  return absl::StrCat(out, "    </properties>\n");
}

}  // namespace

std::string CheckAsJunit(const CheckVerdict& verdict) {
  const size_t other = verdict.failures.size() + verdict.problems.size();
  const std::string counts = absl::StrCat(
      " tests=\"", verdict.limits.size() + other, "\" failures=\"", verdict.CountOf(Outcome::kFail),
      "\" errors=\"", verdict.CountOf(Outcome::kError) + other, "\"");
  std::string out = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"loadline\"", counts,
      ">\n  <testsuite name=\"loadline check\"", counts, " skipped=\"0\">\n", Properties(verdict));
  for (const LimitVerdict& limit : verdict.limits) absl::StrAppend(&out, LimitCase(limit));
  for (const judge::FailedBenchmark& failure : verdict.failures) {
    absl::StrAppend(&out, TestCase("loadline.benchmark", failure.benchmark, "error",
                                   absl::StrCat(failure.message, " (", failure.source, ")")));
  }
  for (const std::string& problem : verdict.problems) {
    absl::StrAppend(&out, TestCase("loadline.input", problem, "error", problem));
  }
  return absl::StrCat(out, "  </testsuite>\n</testsuites>\n");
}

}  // namespace loadline::report
