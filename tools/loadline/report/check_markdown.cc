#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/escape.h"

namespace loadline::report {
namespace {

using judge::CheckVerdict;
using judge::LimitVerdict;

// <code> rather than backticks: a name may hold any number of those.
std::string Code(absl::string_view text) {
  return text.empty() ? std::string("-") : absl::StrCat("<code>", EscapeMarkdown(text), "</code>");
}

std::string RowOf(const LimitVerdict& limit) {
  const std::string outcome(OutcomeName(limit.outcome));
  return absl::StrCat(
      "| ", limit.outcome == judge::Outcome::kPass ? outcome : absl::StrCat("**", outcome, "**"),
      " | ", Code(limit.required()), " | ", EscapeMarkdown(limit.WorstText()), " | ",
      Code(limit.worst_benchmark), " | ", limit.benchmarks_measured, " of ",
      limit.benchmarks_matched, " | ", EscapeMarkdown(limit.explanation), " |\n");
}

std::string Bullets(const CheckVerdict& verdict) {
  std::string out;
  for (const judge::FailedBenchmark& failure : verdict.failures) {
    absl::StrAppend(&out, "- failed: ", Code(failure.benchmark), " in ", Code(failure.source), ": ",
                    EscapeMarkdown(failure.message), "\n");
  }
  for (const std::string& problem : verdict.problems) {
    absl::StrAppend(&out, "- problem: ", EscapeMarkdown(problem), "\n");
  }
  for (const LimitVerdict& limit : verdict.limits) {
    if (limit.outcome == judge::Outcome::kError || limit.rows_without_counter == 0) continue;
    absl::StrAppend(&out, "- not measured: ", Code(limit.required()), ": ",
                    limit.rows_without_counter, " rows that match have no such counter\n");
  }
  for (const std::string& note : verdict.notes) {
    absl::StrAppend(&out, "- note: ", EscapeMarkdown(note), "\n");
  }
  return out;
}

}  // namespace

std::string CheckAsMarkdown(const CheckVerdict& verdict) {
  std::string out = absl::StrCat("**", EscapeMarkdown(verdict.Headline()), "**\n\nPolicy ",
                                 Code(verdict.policy), " against ",
                                 absl::StrJoin(verdict.sources, ", ",
                                               [](std::string* text, const std::string& source) {
                                                 absl::StrAppend(text, Code(source));
                                               }),
                                 ", ", verdict.benchmarks, " benchmarks\n");
  if (!verdict.limits.empty()) {
    absl::StrAppend(&out,
                    "\n| verdict | limit | worst | at | measured | why |\n"
                    "| --- | --- | ---: | --- | ---: | --- |\n");
    for (const LimitVerdict& limit : verdict.limits) absl::StrAppend(&out, RowOf(limit));
  }
  const std::string bullets = Bullets(verdict);
  if (!bullets.empty()) absl::StrAppend(&out, "\n", bullets);
  return out;
}

}  // namespace loadline::report
