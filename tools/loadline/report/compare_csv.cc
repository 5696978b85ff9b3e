#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/compare_rows.h"
#include "tools/loadline/report/compare_words.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/json.h"

#include <cmath>

namespace loadline::report {
namespace {

using compare::Change;
using compare::CompareVerdict;

constexpr char kTitles[] =
    "verdict,gated,benchmark,metric,base,new,change,change_low,change_high,beyond_margin,"
    "detectable,margin,p,p_adjusted,p_worse_adjusted,base_processes,new_processes,explanation\n";
constexpr size_t kFigures = 14;

// Empty when there is no number; infinity as a spreadsheet reads it back.
std::string Number(std::optional<double> value) {
  if (!value.has_value() || std::isnan(*value)) return std::string();
  if (std::isinf(*value)) return *value > 0 ? "inf" : "-inf";
  return results::JsonNumber(*value);
}

struct PValues {
  std::optional<double> worse, worse_adjusted, at_all;
};

PValues PValuesOf(const Change& change) {
  if (!change.claims.has_value()) return {};
  const Change::Claims& claims = *change.claims;
  return {claims.worse.p, claims.worse.adjusted, claims.at_all_worse.adjusted};
}

std::string Figures(const CompareRow& row) {
  const compare::BenchmarkComparison& benchmark = *row.benchmark;
  std::optional<double> estimate, low, high;
  const Change none;
  const Change& change = row.change == nullptr ? none : *row.change;
  if (change.change.has_value()) {
    estimate = change.change->estimate;
    low = change.change->low;
    high = change.change->high;
  }
  const bool judged = row.change != nullptr;
  const PValues p = PValuesOf(change);
  return absl::StrJoin(
      {Number(change.base), Number(change.candidate), Number(estimate), Number(low), Number(high),
       std::string(judged ? BeyondName(change) : ""), Number(change.detectable),
       judged ? Number(change.margin) : std::string(), Number(p.worse), Number(p.worse_adjusted),
       Number(p.at_all), absl::StrCat(judged ? change.base_processes : benchmark.base_processes),
       absl::StrCat(judged ? change.new_processes : benchmark.new_processes)},
      ",");
}

std::string RowLine(const CompareVerdict& verdict, const CompareRow& row) {
  const absl::string_view name = FindingName(row.finding);
  return absl::StrCat(
      name, ",", row.gated ? "true" : "false", ",", EscapeCsv(row.benchmark->name), ",",
      EscapeCsv(row.change == nullptr ? absl::string_view() : verdict.metrics[row.change->metric]),
      ",", Figures(row), ",", EscapeCsv(ExplainRow(verdict, row)), "\n");
}

// Lines that are no rows have the same columns, most of them empty.
std::string OtherLine(absl::string_view kind, absl::string_view text) {
  return absl::StrCat(kind, ",,", std::string(kFigures, ','), ",", EscapeCsv(text), "\n");
}

}  // namespace

std::string CompareAsCsv(const CompareVerdict& verdict) {
  std::string out = kTitles;
  for (const CompareRow& row : RowsOf(verdict)) absl::StrAppend(&out, RowLine(verdict, row));
  if (verdict.limits.has_value()) {
    for (const limits::LimitVerdict& limit : verdict.limits->limits) {
      absl::StrAppend(
          &out, OtherLine("limit", absl::StrCat(OutcomeName(limit.outcome), ": ", limit.required(),
                                                ", worst ", limit.WorstText())));
    }
  }
  for (const Remark& remark : SurroundingsOf(verdict)) {
    absl::StrAppend(&out, OtherLine("note", absl::StrCat(remark.about, ": ", remark.text)));
  }
  absl::StrAppend(&out, OtherLine("headline", Headline(verdict)));
  return out;
}

}  // namespace loadline::report
