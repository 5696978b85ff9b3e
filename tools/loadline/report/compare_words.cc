#include "tools/loadline/report/compare_words.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {
namespace {

using compare::BenchmarkComparison;
using compare::CompareVerdict;
using compare::Finding;
using compare::Label;
using policy::EnvironmentWeight;
using samples::EnvironmentDifference;

constexpr size_t kNamedSources = 3;

std::string Sources(const std::vector<std::string>& sources) {
  const size_t named = std::min(sources.size(), kNamedSources);
  std::string out =
      absl::StrJoin(sources.begin(), sources.begin() + static_cast<ptrdiff_t>(named), ", ");
  if (named < sources.size()) absl::StrAppend(&out, " and ", sources.size() - named, " more");
  return out;
}

// Every benchmark with a label, one remark for those whose words are the same.
void AddLabels(const CompareVerdict& verdict, std::vector<Remark>& remarks) {
  std::map<std::string, size_t> known;
  std::vector<Remark> labels;
  std::vector<size_t> more;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (size_t i = 0; i < compare::kLabels; ++i) {
      const Label label = static_cast<Label>(i);
      if (!benchmark.has(label)) continue;
      const auto [at, added] = known.emplace(LabelText(label, benchmark), labels.size());
      if (added) {
        labels.push_back({benchmark.name, at->first});
        more.push_back(0);
      } else {
        ++more[at->second];
      }
    }
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    if (more[i] > 0) absl::StrAppend(&labels[i].about, " and ", more[i], " more");
    remarks.push_back(std::move(labels[i]));
  }
}

const char* WordFor(const EnvironmentDifference& difference) {
  if (difference.refuses()) return "refused";
  if (difference.allowed) return "allowed";
  return difference.weight == EnvironmentWeight::kNote ? "note" : "warning";
}

}  // namespace

std::string SideWords(const compare::SideSummary& side) {
  std::string out =
      absl::StrCat(Sources(side.sources), ": ", results::Counted(side.benchmarks, "benchmark"));
  if (side.benchmarks > 0) {
    if (side.min_processes == side.max_processes) {
      absl::StrAppend(&out, " in ", results::Counted(side.max_processes, "process", "processes"));
    } else {
      absl::StrAppend(&out, " in ", side.min_processes, " to ",
                      results::Counted(side.max_processes, "process", "processes"));
    }
  }
  return absl::StrCat(out, ", on ", absl::StrJoin(side.hosts, " and "));
}

std::string IntervalTitle(const CompareVerdict& verdict) {
  return absl::StrFormat("%.4g %% interval", 100 * verdict.confidence);
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

std::string VerdictCounts(const CompareVerdict& verdict) {
  std::vector<std::string> gated;
  std::vector<std::string> others;
  for (size_t i = 0; i < compare::kFindings; ++i) {
    const auto finding = static_cast<Finding>(i);
    const absl::string_view name = FindingName(finding);
    if (verdict.CountOf(finding) > 0) {
      gated.push_back(absl::StrCat(verdict.CountOf(finding), " ", name));
    }
    const size_t count = verdict.CountOfChanges(finding, /*gated=*/false);
    if (count > 0) others.push_back(absl::StrCat(count, " ", absl::AsciiStrToLower(name)));
  }
  std::string out =
      absl::StrCat("benchmarks: ", gated.empty() ? "none" : absl::StrJoin(gated, ", "));
  if (!others.empty()) {
    absl::StrAppend(&out, "; figures that do not decide: ", absl::StrJoin(others, ", "));
  }
  return out;
}

std::string GeometricMeanWords(const CompareVerdict& verdict) {
  if (!verdict.geometric_mean.has_value()) return std::string();
  const compare::GeometricMean& mean = *verdict.geometric_mean;
  std::string out = absl::StrCat("geometric mean of the times of ",
                                 results::Counted(mean.benchmarks, "benchmark"), ": ",
                                 FormatChange(mean.change.estimate, 0));
  if (mean.change.low.has_value() && mean.change.high.has_value()) {
    absl::StrAppend(&out, " (", FormatChange(*mean.change.low, 0), " .. ",
                    FormatChange(*mean.change.high, 0), ")");
  }
  return absl::StrCat(out, "; it decides nothing");
}

std::vector<Remark> SurroundingsOf(const CompareVerdict& verdict) {
  std::vector<Remark> remarks;
  AddLabels(verdict, remarks);
  for (const EnvironmentDifference& difference : verdict.environment) {
    remarks.push_back({WordFor(difference), difference.Text()});
  }
  for (const std::string& reason : verdict.void_reasons) remarks.push_back({"void", reason});
  for (const std::string& problem : verdict.problems) remarks.push_back({"problem", problem});
  for (const std::string& note : verdict.notes) remarks.push_back({"note", note});
  return remarks;
}

}  // namespace loadline::report
