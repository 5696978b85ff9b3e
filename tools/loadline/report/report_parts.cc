#include "tools/loadline/report/report_parts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/policy/quantity.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {
namespace {

using compare::BenchmarkComparison;
using compare::Change;
using compare::CompareVerdict;
using compare::Finding;
using policy::Direction;
using samples::EnvironmentDifference;

// Whether the benchmark's finding is none of its gated metrics', so that it needs a row of its own.
bool NeedsOwnRow(const BenchmarkComparison& benchmark) {
  return std::none_of(benchmark.changes.begin(), benchmark.changes.end(),
                      [&](const Change& c) { return c.gated && c.finding == benchmark.finding; });
}

// The change in the direction that is worse; either one where that is not known.
double Badness(const CompareRow& row) {
  if (row.change == nullptr || !row.change->change.has_value()) return 0;
  if (row.finding == Finding::kOpen) return row.change->MostWorse();
  const double estimate = row.change->change->estimate;
  if (row.change->direction == Direction::kUnknown) return std::abs(estimate);
  return row.change->direction == Direction::kLowerIsBetter ? estimate : -estimate;
}

std::string Value(std::optional<double> value, absl::string_view metric) {
  if (!value.has_value()) return "-";
  const policy::Unit unit = policy::UnitOf(metric);
  return policy::FormatQuantity(*value * unit.factor, unit.dimension);
}

// With its sign, in the metric's unit.
std::string Difference(double value, absl::string_view metric) {
  if (std::isinf(value)) return value > 0 ? "+inf" : "-inf";
  return absl::StrCat(value > 0 ? "+" : "", Value(value == 0 ? 0 : value, metric));
}

// One for each text: what the first was about, and how many others.
std::vector<Remark> EachTextOnce(std::vector<Remark> remarks) {
  std::map<std::string, size_t> times;
  for (const Remark& remark : remarks) ++times[remark.text];
  std::vector<Remark> once;
  for (Remark& remark : remarks) {
    const auto found = times.extract(remark.text);
    if (found.empty()) continue;
    const size_t more = found.mapped() - 1;
    if (more > 0) absl::StrAppend(&remark.about, " and ", more, " more");
    once.push_back(std::move(remark));
  }
  return once;
}

const char* WordFor(const EnvironmentDifference& difference) {
  if (difference.refuses()) return "refused";
  if (difference.allowed) return "allowed";
  return difference.weight == policy::EnvironmentWeight::kNote ? "note" : "warning";
}

}  // namespace

bool CompareRow::ignored() const {
  return gated && benchmark->ignored && finding == benchmark->finding;
}

bool CompareRow::quiet() const {
  if (ignored() || finding == Finding::kSame) return true;
  if (finding == Finding::kOpen) {
    return !gated || benchmark->exit_code == results::ExitCode::kPass || !change ||
           !change->TooNoisyToGate();
  }
  return !gated && finding == Finding::kNew;
}

std::vector<CompareRow> RowsOf(const CompareVerdict& verdict) {
  std::vector<CompareRow> rows;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    if (NeedsOwnRow(benchmark)) rows.push_back({&benchmark, nullptr, benchmark.finding, true});
    for (const Change& change : benchmark.changes) {
      rows.push_back({&benchmark, &change, change.finding, change.gated});
    }
  }
  // Stable: rows that are equally bad stay in the order of their names.
  std::stable_sort(rows.begin(), rows.end(), [](const CompareRow& a, const CompareRow& b) {
    const auto key = [](const CompareRow& row) {
      return std::tuple(row.ignored(), row.quiet(), !row.gated, row.finding, -Badness(row));
    };
    return key(a) < key(b);
  });
  return rows;
}

bool IsGood(Finding finding) { return finding >= Finding::kImproved; }

bool IsHeldToGuard(Finding finding) {
  return finding == Finding::kOpen || finding == Finding::kSlower || finding == Finding::kWorse;
}

CompareCells CellsOf(const CompareVerdict& verdict, const CompareRow& row) {
  CompareCells cells;
  cells.verdict = FindingName(row.finding, row.gated);
  cells.benchmark = row.benchmark->name;
  if (row.change == nullptr) return cells;
  const Change& change = *row.change;
  cells.metric = verdict.metrics[change.metric];
  cells.base = Value(change.base, cells.metric);
  cells.candidate = Value(change.candidate, cells.metric);
  cells.beyond = std::string(BeyondName(change));
  if (!change.change.has_value()) return cells;
  const auto format = [&](double value, double margin) {
    return change.change->absolute ? Difference(value, cells.metric) : FormatChange(value, margin);
  };
  cells.change = format(change.change->estimate, change.margin);
  if (change.change->low.has_value() && change.change->high.has_value()) {
    cells.interval = absl::StrCat(format(*change.change->low, change.margin), " .. ",
                                  format(*change.change->high, change.margin));
  }
  if (change.detectable.has_value()) cells.detectable = format(*change.detectable, 0);
  return cells;
}

std::string RowName(const CompareVerdict& verdict, const CompareRow& row) {
  if (row.change == nullptr) return row.benchmark->name;
  return absl::StrCat(row.benchmark->name, " ", verdict.metrics[row.change->metric]);
}

std::string ExplainRow(const CompareVerdict& verdict, const CompareRow& row) {
  return row.change == nullptr ? Explain(verdict, *row.benchmark)
                               : Explain(verdict, *row.benchmark, *row.change);
}

std::string RowSentence(const CompareVerdict& verdict, const CompareRow& row) {
  const CompareCells cells = CellsOf(verdict, row);
  std::string out = cells.verdict;
  if (row.change != nullptr) {
    absl::StrAppend(&out, ": ", cells.metric, " from ", cells.base, " to ", cells.candidate, ", ",
                    cells.change, ", ", IntervalTitle(verdict), " ", cells.interval,
                    ", beyond the margin: ", cells.beyond, ", detectable ", cells.detectable);
  }
  const std::string explanation = ExplainRow(verdict, row);
  return explanation.empty() ? out : absl::StrCat(out, ": ", explanation);
}

std::string IntervalTitle(const CompareVerdict& verdict) {
  return absl::StrFormat("%.4g %% interval", 100 * verdict.confidence);
}

std::string CountsOf(const std::vector<CompareRow>& rows, size_t first) {
  std::vector<std::string> words;
  for (const bool gated : {true, false}) {
    const auto count = [&](Finding finding) {
      return std::count_if(
          rows.begin() + static_cast<ptrdiff_t>(first), rows.end(),
          [&](const CompareRow& row) { return row.gated == gated && row.finding == finding; });
    };
    for (std::string& word : CountWords(count, gated)) words.push_back(std::move(word));
  }
  return absl::StrJoin(words, ", ");
}

std::vector<Remark> RemarksOf(const CompareVerdict& verdict, const std::vector<CompareRow>& rows) {
  std::vector<Remark> remarks;
  for (const CompareRow& row : rows) {
    remarks.push_back({RowName(verdict, row), ExplainRow(verdict, row)});
  }
  std::erase_if(remarks, [](const Remark& remark) { return remark.text.empty(); });
  return EachTextOnce(std::move(remarks));
}

std::vector<Remark> SurroundingsOf(const CompareVerdict& verdict) {
  std::vector<Remark> remarks;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (std::string& label : LabelsOf(benchmark)) {
      remarks.push_back({benchmark.name, std::move(label)});
    }
  }
  remarks = EachTextOnce(std::move(remarks));
  for (const EnvironmentDifference& difference : verdict.environment) {
    remarks.push_back({WordFor(difference), difference.Text()});
  }
  for (const std::string& reason : verdict.void_reasons) remarks.push_back({"void", reason});
  for (const std::string& problem : verdict.problems) remarks.push_back({"problem", problem});
  for (const std::string& note : verdict.notes) remarks.push_back({"note", note});
  return remarks;
}

std::string SideWords(const compare::SideSummary& side) {
  std::string out =
      absl::StrCat(FirstNames(side.sources), ": ", results::Counted(side.benchmarks, "benchmark"));
  if (side.benchmarks > 0) {
    absl::StrAppend(&out, " in ");
    if (side.min_processes != side.max_processes) absl::StrAppend(&out, side.min_processes, " to ");
    absl::StrAppend(&out, results::Counted(side.max_processes, "process", "processes"));
  }
  return absl::StrCat(out, ", on ", absl::StrJoin(side.hosts, " and "));
}

std::string VerdictCounts(const CompareVerdict& verdict) {
  const std::vector<std::string> gated =
      CountWords([&](Finding finding) { return verdict.CountOf(finding); });
  const std::vector<std::string> others = CountWords(
      [&](Finding finding) { return verdict.CountOfChanges(finding, /*gated=*/false); }, false);
  std::string out =
      absl::StrCat("benchmarks: ", gated.empty() ? "none" : absl::StrJoin(gated, ", "));
  if (!others.empty()) {
    absl::StrAppend(&out, "; figures that do not decide: ", absl::StrJoin(others, ", "));
  }
  return out;
}

std::string GeometricMeanWords(const CompareVerdict& verdict) {
  if (!verdict.geometric_mean.has_value()) return std::string();
  const auto& [benchmarks, change] = *verdict.geometric_mean;
  std::string out =
      absl::StrCat("geometric mean of the times of ", results::Counted(benchmarks, "benchmark"),
                   ": ", FormatChange(change.estimate, 0));
  if (change.low.has_value() && change.high.has_value()) {
    absl::StrAppend(&out, " (", FormatChange(*change.low, 0), " .. ", FormatChange(*change.high, 0),
                    ")");
  }
  return absl::StrCat(out, "; it decides nothing");
}

std::string LimitFigures(const limits::LimitVerdict& limit) {
  std::string text = absl::StrCat(", worst ", limit.WorstText());
  if (!limit.worst_benchmark.empty()) absl::StrAppend(&text, " at ", limit.worst_benchmark);
  absl::StrAppend(&text, ", measured ", limit.benchmarks_measured, " of ",
                  limit.benchmarks_matched);
  return limit.explanation.empty() ? text : absl::StrCat(text, ": ", limit.explanation);
}

std::string Paragraphs(std::vector<std::string> parts) {
  std::erase(parts, "");
  return absl::StrJoin(parts, "\n");
}

}  // namespace loadline::report
