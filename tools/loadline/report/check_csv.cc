#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using limits::CheckVerdict;
using limits::LimitVerdict;

std::string LimitLine(const LimitVerdict& limit) {
  const bool finite = limit.worst.has_value() && std::isfinite(*limit.worst);
  return absl::StrJoin(
      {absl::AsciiStrToLower(OutcomeName(limit.outcome)), EscapeCsv(limit.required()),
       results::JsonNumber(limit.limit.require.mark),
       finite ? results::JsonNumber(*limit.worst) : std::string(),
       EscapeCsv(limit.worst.has_value() ? limit.WorstText() : std::string()),
       EscapeCsv(limit.worst_benchmark), EscapeCsv(limit.worst_source),
       absl::StrCat(limit.benchmarks_matched), absl::StrCat(limit.benchmarks_measured),
       absl::StrCat(limit.rows_without_counter), EscapeCsv(limit.explanation)},
      ",");
}

// Lines that are no limits have the same columns, most of them empty.
std::string OtherLine(absl::string_view outcome, absl::string_view benchmark,
                      absl::string_view source, absl::string_view explanation) {
  return absl::StrCat(outcome, ",,,,,", EscapeCsv(benchmark), ",", EscapeCsv(source), ",,,,",
                      EscapeCsv(explanation));
}

}  // namespace

std::string CheckAsCsv(const CheckVerdict& verdict) {
  std::string out =
      "outcome,require,mark,worst,worst_text,benchmark,result,benchmarks_matched,"
      "benchmarks_measured,rows_without_counter,explanation\n";
  for (const LimitVerdict& limit : verdict.limits) absl::StrAppend(&out, LimitLine(limit), "\n");
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    absl::StrAppend(&out, OtherLine("failed", failure.benchmark, failure.source, failure.message),
                    "\n");
  }
  for (const std::string& problem : verdict.problems) {
    absl::StrAppend(&out, OtherLine("problem", "", "", problem), "\n");
  }
  for (const std::string& note : verdict.notes) {
    absl::StrAppend(&out, OtherLine("note", "", "", note), "\n");
  }
  absl::StrAppend(&out, OtherLine("headline", "", "", verdict.Headline()), "\n");
  return out;
}

}  // namespace loadline::report
