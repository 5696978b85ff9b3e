#include "tools/loadline/report/compare_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/policy/quantity.h"
#include "tools/loadline/report/compare_prose.h"

namespace loadline::report {
namespace {

using compare::BenchmarkComparison;
using compare::Change;
using compare::CompareVerdict;
using compare::Finding;
using policy::Direction;

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
  switch (row.change->direction) {
    case Direction::kLowerIsBetter:
      return estimate;
    case Direction::kHigherIsBetter:
      return -estimate;
    case Direction::kUnknown:
      return std::abs(estimate);
  }
  return 0;
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

CompareCells CellsOf(const CompareVerdict& verdict, const CompareRow& row) {
  const absl::string_view name = FindingName(row.finding);
  CompareCells cells{.verdict = row.gated ? std::string(name) : absl::AsciiStrToLower(name),
                     .change = "-",
                     .interval = "-",
                     .beyond = "-",
                     .detectable = "-",
                     .base = "-",
                     .candidate = "-",
                     .metric = "-",
                     .benchmark = row.benchmark->name};
  if (row.change == nullptr) return cells;
  const Change& change = *row.change;
  cells.metric = verdict.metrics[change.metric];
  cells.base = Value(change.base, cells.metric);
  cells.candidate = Value(change.candidate, cells.metric);
  cells.beyond = std::string(BeyondName(change));
  if (change.change.has_value()) {
    const auto format = [&](double value) {
      return change.change->absolute ? Difference(value, cells.metric)
                                     : FormatChange(value, change.margin);
    };
    cells.change = format(change.change->estimate);
    if (change.change->low.has_value() && change.change->high.has_value()) {
      cells.interval =
          absl::StrCat(format(*change.change->low), " .. ", format(*change.change->high));
    }
    if (change.detectable.has_value()) {
      cells.detectable = change.change->absolute ? Difference(*change.detectable, cells.metric)
                                                 : FormatChange(*change.detectable, 0);
    }
  }
  return cells;
}

std::string ExplainRow(const CompareVerdict& verdict, const CompareRow& row) {
  return row.change == nullptr ? Explain(verdict, *row.benchmark)
                               : Explain(verdict, *row.benchmark, *row.change);
}

std::string CountsOf(const std::vector<CompareRow>& rows, size_t first) {
  std::array<std::array<size_t, compare::kFindings>, 2> counts{};
  for (size_t i = first; i < rows.size(); ++i) {
    ++counts[rows[i].gated ? 0 : 1][static_cast<size_t>(rows[i].finding)];
  }
  std::vector<std::string> words;
  for (const bool gated : {true, false}) {
    for (size_t i = 0; i < compare::kFindings; ++i) {
      const size_t count = counts[gated ? 0 : 1][i];
      const absl::string_view name = FindingName(static_cast<Finding>(i));
      if (count == 0) continue;
      words.push_back(
          absl::StrCat(count, " ", gated ? std::string(name) : absl::AsciiStrToLower(name)));
    }
  }
  return absl::StrJoin(words, ", ");
}

std::vector<Remark> RemarksOf(const CompareVerdict& verdict, const std::vector<CompareRow>& rows) {
  std::vector<Remark> remarks;
  std::vector<size_t> more;
  std::map<std::string, size_t> known;
  for (const CompareRow& row : rows) {
    std::string text = ExplainRow(verdict, row);
    if (text.empty()) continue;
    const auto [at, added] = known.emplace(std::move(text), remarks.size());
    if (!added) {
      ++more[at->second];
      continue;
    }
    const CompareCells cells = CellsOf(verdict, row);
    more.push_back(0);
    remarks.push_back(
        {row.change == nullptr ? cells.benchmark : absl::StrCat(cells.benchmark, " ", cells.metric),
         at->first});
  }
  for (size_t i = 0; i < remarks.size(); ++i) {
    if (more[i] > 0) absl::StrAppend(&remarks[i].about, " and ", more[i], " more");
  }
  return remarks;
}

}  // namespace loadline::report
