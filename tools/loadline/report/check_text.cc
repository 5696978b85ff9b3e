#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/text_table.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {

using limits::CheckVerdict;
using limits::LimitVerdict;
using limits::Outcome;

namespace {

// What an explanation of a limit is about.
absl::string_view KindOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "holds";
    case Outcome::kFail:
      return "broken";
    case Outcome::kInconclusive:
      return "inconclusive";
    case Outcome::kError:
      return "not judged";
  }
  return "not judged";
}

}  // namespace

std::string LimitTableAsText(const CheckVerdict& verdict, bool color) {
  if (verdict.limits.empty()) return std::string();
  TextTable table({{"verdict"}, {"limit"}, {"worst"}, {"at"}, {"measured"}});
  for (const LimitVerdict& limit : verdict.limits) {
    table.Add({std::string(OutcomeName(limit.outcome)), limit.required(), limit.WorstText(),
               limit.worst_benchmark.empty() ? "-" : limit.worst_benchmark,
               absl::StrCat(limit.benchmarks_measured, " of ", limit.benchmarks_matched)},
              limit.outcome == Outcome::kPass ? Tone::kGood : Tone::kBad);
  }
  return table.Render(color);
}

std::string LimitRemarksAsText(const CheckVerdict& verdict) {
  std::string out;
  const auto add = [&](absl::string_view kind, absl::string_view text) {
    absl::StrAppend(&out, kind, ": ", EscapeTerminal(text), "\n");
  };
  for (const LimitVerdict& limit : verdict.limits) {
    if (!limit.explanation.empty()) {
      add(KindOf(limit.outcome), absl::StrCat(limit.required(), ": ", limit.explanation));
    }
  }
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    add("failed",
        absl::StrCat(failure.benchmark, ": ", failure.message, " (", failure.source, ")"));
  }
  for (const std::string& problem : verdict.problems) add("problem", problem);
  for (const std::string& note : verdict.notes) add("note", note);
  return out;
}

std::string CheckAsText(const CheckVerdict& verdict, bool color) {
  std::string out = absl::StrCat("Policy ", EscapeTerminal(verdict.policy), " against ",
                                 EscapeTerminal(absl::StrJoin(verdict.sources, ", ")), ", ",
                                 results::Counted(verdict.benchmarks, "benchmark"), "\n\n");
  for (const std::string& part : {LimitTableAsText(verdict, color), LimitRemarksAsText(verdict)}) {
    if (!part.empty()) absl::StrAppend(&out, part, "\n");
  }
  const bool pass = verdict.exit_code == results::ExitCode::kPass;
  absl::StrAppend(
      &out, Painted(EscapeTerminal(verdict.Headline()), pass ? Tone::kGood : Tone::kBad, color),
      "\n");
  return out;
}

}  // namespace loadline::report
