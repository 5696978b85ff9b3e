#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/report/report_parts.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using compare::Change;
using compare::CompareVerdict;
using limits::CheckVerdict;
using limits::LimitVerdict;

constexpr char kLimitTitles[] =
    "outcome,require,mark,worst,worst_text,benchmark,result,benchmarks_matched,"
    "benchmarks_measured,rows_without_counter,explanation\n";
constexpr char kRowTitles[] =
    "verdict,gated,benchmark,metric,base,new,change,change_low,change_high,beyond_margin,"
    "detectable,margin,p,p_adjusted,p_worse_adjusted,base_processes,new_processes,explanation\n";
constexpr size_t kFigures = 14;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

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

// Empty when there is no number; infinity as a spreadsheet reads it back.
std::string Number(std::optional<double> value) {
  if (!value.has_value() || std::isnan(*value)) return std::string();
  if (std::isinf(*value)) return *value > 0 ? "inf" : "-inf";
  return results::JsonNumber(*value);
}

std::string Figures(const CompareRow& row) {
  Change whole;
  whole.margin = kNone;
  whole.base_processes = row.benchmark->base_processes;
  whole.new_processes = row.benchmark->new_processes;
  const Change& change = row.change == nullptr ? whole : *row.change;
  const compare::ChangeInterval interval =
      change.change.value_or(compare::ChangeInterval{.estimate = kNone});
  const Change::Claim no_claim = {kNone, kNone};
  const auto claims =
      change.claims.value_or(Change::Claims{no_claim, no_claim, no_claim, no_claim});
  return absl::StrJoin({Number(change.base), Number(change.candidate), Number(interval.estimate),
                        Number(interval.low), Number(interval.high),
                        std::string(row.change == nullptr ? "" : BeyondName(change)),
                        Number(change.detectable), Number(change.margin), Number(claims.worse.p),
                        Number(claims.worse.adjusted), Number(claims.at_all_worse.adjusted),
                        absl::StrCat(change.base_processes), absl::StrCat(change.new_processes)},
                       ",");
}

std::string RowLine(const CompareVerdict& verdict, const CompareRow& row) {
  return absl::StrCat(
      FindingName(row.finding), ",", row.gated ? "true" : "false", ",",
      EscapeCsv(row.benchmark->name), ",",
      EscapeCsv(row.change == nullptr ? absl::string_view() : verdict.metrics[row.change->metric]),
      ",", Figures(row), ",", EscapeCsv(ExplainRow(verdict, row)), "\n");
}

}  // namespace

// Lines that are no limits, or no rows, have the same columns, most of them empty.

std::string AsCsv(const CheckVerdict& verdict) {
  std::string out = kLimitTitles;
  const auto add = [&](absl::string_view outcome, absl::string_view explanation,
                       absl::string_view benchmark = "", absl::string_view source = "") {
    absl::StrAppend(&out, outcome, ",,,,,", EscapeCsv(benchmark), ",", EscapeCsv(source), ",,,,",
                    EscapeCsv(explanation), "\n");
  };
  for (const LimitVerdict& limit : verdict.limits) absl::StrAppend(&out, LimitLine(limit), "\n");
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    add("failed", failure.message, failure.benchmark, failure.source);
  }
  for (const std::string& problem : verdict.problems) add("problem", problem);
  for (const std::string& note : verdict.notes) add("note", note);
  add("headline", verdict.Headline());
  return out;
}

std::string AsCsv(const CompareVerdict& verdict) {
  std::string out = kRowTitles;
  const auto add = [&](absl::string_view kind, absl::string_view text) {
    absl::StrAppend(&out, kind, ",,", std::string(kFigures, ','), ",", EscapeCsv(text), "\n");
  };
  for (const CompareRow& row : RowsOf(verdict)) absl::StrAppend(&out, RowLine(verdict, row));
  if (verdict.limits.has_value()) {
    for (const LimitVerdict& limit : verdict.limits->limits) {
      add("limit", absl::StrCat(OutcomeName(limit.outcome), ": ", limit.required(), ", worst ",
                                limit.WorstText()));
    }
  }
  for (const Remark& remark : SurroundingsOf(verdict)) {
    add("note", absl::StrCat(remark.about, ": ", remark.text));
  }
  add("headline", Headline(verdict));
  return out;
}

}  // namespace loadline::report
