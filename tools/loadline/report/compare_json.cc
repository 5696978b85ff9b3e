#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/json_parts.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using compare::BenchmarkComparison;
using compare::Change;
using compare::CompareVerdict;
using compare::Finding;
using compare::Method;
using compare::Reason;
using policy::EnvironmentWeight;
using results::Json;

std::string NameOf(Finding finding) { return absl::AsciiStrToLower(FindingName(finding)); }

const char* NameOf(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return "";
    case Reason::kTooFewProcesses:
      return "too_few_processes";
    case Reason::kTooNoisy:
      return "too_noisy";
    case Reason::kNotAmongSoMany:
      return "not_among_so_many";
    case Reason::kEnvironment:
      return "environment";
    case Reason::kTimeSemantics:
      return "time_semantics";
    case Reason::kNotFinite:
      return "not_finite";
    case Reason::kOnlyAggregates:
      return "only_aggregates";
    case Reason::kSeveral:
      return "several_of_one_name";
    case Reason::kFromZero:
      return "from_zero";
    case Reason::kOnBase:
      return "on_base";
    case Reason::kMetricGone:
      return "metric_gone";
    case Reason::kNothingGated:
      return "nothing_gated";
    case Reason::kBudgetUsedUp:
      return "budget_used_up";
    case Reason::kLayout:
      return "layout";
  }
  return "";
}

const char* NameOf(Method method) {
  switch (method) {
    case Method::kNone:
      return "none";
    case Method::kExact:
      return "exact";
    case Method::kRankSum:
      return "rank_sum";
    case Method::kRankSumOfValues:
      return "rank_sum_of_values";
    case Method::kNoise:
      return "noise";
    case Method::kPairedSigns:
      return "paired_signs";
    case Method::kPoint:
      return "point";
  }
  return "none";
}

const char* NameOf(EnvironmentWeight weight) {
  switch (weight) {
    case EnvironmentWeight::kRefuse:
      return "refuse";
    case EnvironmentWeight::kWarn:
      return "warn";
    case EnvironmentWeight::kNote:
      return "note";
  }
  return "note";
}

Json IntervalAsJson(const std::optional<compare::ChangeInterval>& change) {
  if (!change.has_value()) return Json();
  return Json::Object{{"estimate", JsonFinite(change->estimate)},
                      {"low", JsonFinite(change->low)},
                      {"high", JsonFinite(change->high)}};
}

Json ChangeAsJson(const CompareVerdict& verdict, const BenchmarkComparison& benchmark,
                  const Change& change) {
  return Json::Object{
      {"metric", verdict.metrics[change.metric]},
      {"finding", NameOf(change.finding)},
      {"reason", NameOf(change.reason)},
      {"explanation", verdict.Explain(benchmark, change)},
      {"method", NameOf(change.method)},
      {"direction", std::string(DirectionName(change.direction))},
      {"gated", change.gated},
      {"margin", change.margin},
      {"base", JsonFinite(change.base)},
      {"new", JsonFinite(change.fresh)},
      {"base_processes", change.base_processes},
      {"new_processes", change.new_processes},
      {"change", IntervalAsJson(change.change)},
      {"detectable", JsonFinite(change.detectable)},
      {"processes_to_tell",
       change.processes_to_tell.has_value() ? Json(*change.processes_to_tell) : Json()},
      {"p", JsonFinite(change.p)},
      {"p_adjusted", JsonFinite(change.p_adjusted)}};
}

Json BenchmarkAsJson(const CompareVerdict& verdict, const BenchmarkComparison& benchmark) {
  Json::Array labels;
  for (size_t i = 0; i < compare::kLabels; ++i) {
    const auto label = static_cast<compare::Label>(i);
    if (benchmark.has(label)) labels.push_back(LabelText(label, benchmark));
  }
  return Json::Object{{"name", benchmark.name},
                      {"finding", NameOf(benchmark.finding)},
                      {"reason", NameOf(benchmark.reason)},
                      {"explanation", verdict.Explain(benchmark)},
                      {"exit_code", static_cast<int>(benchmark.exit_code)},
                      {"message", benchmark.message},
                      {"labels", std::move(labels)},
                      {"base_processes", benchmark.base_processes},
                      {"new_processes", benchmark.new_processes},
                      {"base_repetitions", benchmark.base_repetitions},
                      {"new_repetitions", benchmark.new_repetitions},
                      {"metrics", JsonEach(benchmark.changes, [&](const Change& change) {
                         return ChangeAsJson(verdict, benchmark, change);
                       })}};
}

Json SideAsJson(const compare::SideSummary& side) {
  return Json::Object{{"results", JsonStrings(side.sources)},
                      {"hosts", JsonStrings(side.hosts)},
                      {"benchmarks", side.benchmarks},
                      {"min_processes", side.min_processes},
                      {"max_processes", side.max_processes}};
}

Json DifferenceAsJson(const samples::EnvironmentDifference& difference) {
  return Json::Object{{"key", difference.key},
                      {"what", difference.what},
                      {"weight", NameOf(difference.weight)},
                      {"allowed", difference.allowed},
                      {"base", difference.base},
                      {"new", difference.fresh},
                      {"within_side", difference.within_side},
                      {"text", difference.Text()}};
}

Json CountsAsJson(const CompareVerdict& verdict) {
  Json::Object counts;
  for (size_t i = 0; i < compare::kFindings; ++i) {
    const auto finding = static_cast<Finding>(i);
    counts.emplace_back(NameOf(finding), verdict.CountOf(finding));
  }
  return counts;
}

Json GeometricMeanAsJson(const CompareVerdict& verdict) {
  if (!verdict.geometric_mean.has_value()) return Json();
  return Json::Object{{"benchmarks", verdict.geometric_mean->benchmarks},
                      {"change", IntervalAsJson(verdict.geometric_mean->change)}};
}

}  // namespace

std::string CompareAsJson(const CompareVerdict& verdict) {
  const Json limits = verdict.limits.has_value() ? CheckAsJsonValue(*verdict.limits) : Json();
  return WriteJson(Json::Object{
             {"schema", "loadline.compare.1"},
             {"pass", verdict.exit_code == results::ExitCode::kPass},
             {"exit_code", static_cast<int>(verdict.exit_code)},
             {"headline", verdict.Headline()},
             {"policy", verdict.policy},
             {"base", SideAsJson(verdict.base)},
             {"new", SideAsJson(verdict.fresh)},
             {"alpha", verdict.alpha},
             {"confidence", verdict.confidence},
             {"false_share", verdict.false_share},
             {"gate_size", verdict.gate_size},
             {"processes_needed", verdict.processes_needed},
             {"processes_needed_gate", verdict.processes_needed_gate},
             {"same_executable", verdict.same_executable},
             {"environment", JsonEach(verdict.environment, DifferenceAsJson)},
             {"counts", CountsAsJson(verdict)},
             {"geometric_mean", GeometricMeanAsJson(verdict)},
             {"benchmarks", JsonEach(verdict.benchmarks,
                                     [&](const BenchmarkComparison& benchmark) {
                                       return BenchmarkAsJson(verdict, benchmark);
                                     })},
             {"limits", limits},
             {"problems", JsonStrings(verdict.problems)},
             {"notes", JsonStrings(verdict.notes)},
         }) +
         "\n";
}

}  // namespace loadline::report
