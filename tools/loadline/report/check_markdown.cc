#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/markdown_parts.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {
namespace {

using limits::CheckVerdict;
using limits::LimitVerdict;

std::string RowOf(const LimitVerdict& limit) {
  const std::string outcome(OutcomeName(limit.outcome));
  return absl::StrCat(
      "| ", limit.outcome == limits::Outcome::kPass ? outcome : absl::StrCat("**", outcome, "**"),
      " | ", MarkdownCode(limit.required()), " | ", EscapeMarkdown(limit.WorstText()), " | ",
      MarkdownCode(limit.worst_benchmark), " | ", limit.benchmarks_measured, " of ",
      limit.benchmarks_matched, " | ", EscapeMarkdown(limit.explanation), " |\n");
}

}  // namespace

std::string LimitBulletsAsMarkdown(const CheckVerdict& verdict) {
  std::string out;
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    absl::StrAppend(&out, "- failed: ", MarkdownCode(failure.benchmark), " in ",
                    MarkdownCode(failure.source), ": ", EscapeMarkdown(failure.message), "\n");
  }
  for (const std::string& problem : verdict.problems) {
    absl::StrAppend(&out, "- problem: ", EscapeMarkdown(problem), "\n");
  }
  for (const std::string& note : verdict.notes) {
    absl::StrAppend(&out, "- note: ", EscapeMarkdown(note), "\n");
  }
  return out;
}

std::string LimitTableAsMarkdown(const CheckVerdict& verdict) {
  if (verdict.limits.empty()) return std::string();
  std::string out =
      "| verdict | limit | worst | at | measured | why |\n"
      "| --- | --- | ---: | --- | ---: | --- |\n";
  for (const LimitVerdict& limit : verdict.limits) absl::StrAppend(&out, RowOf(limit));
  return out;
}

std::string CheckAsMarkdown(const CheckVerdict& verdict) {
  std::string out = absl::StrCat("**", EscapeMarkdown(verdict.Headline()), "**\n\nPolicy ",
                                 MarkdownCode(verdict.policy), " against ",
                                 absl::StrJoin(verdict.sources, ", ",
                                               [](std::string* text, const std::string& source) {
                                                 absl::StrAppend(text, MarkdownCode(source));
                                               }),
                                 ", ", results::Counted(verdict.benchmarks, "benchmark"), "\n");
  for (const std::string& part : {LimitTableAsMarkdown(verdict), LimitBulletsAsMarkdown(verdict)}) {
    if (!part.empty()) absl::StrAppend(&out, "\n", part);
  }
  return out;
}

}  // namespace loadline::report
