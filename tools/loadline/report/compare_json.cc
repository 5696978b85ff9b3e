#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/compare_prose.h"
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

constexpr const char* kReasonNames[] = {"",
                                        "too_few_processes",
                                        "too_noisy",
                                        "not_among_so_many",
                                        "environment",
                                        "time_semantics",
                                        "not_finite",
                                        "only_aggregates",
                                        "several_of_one_name",
                                        "on_base",
                                        "metric_gone",
                                        "nothing_gated",
                                        "budget_used_up",
                                        "same_program",
                                        "control",
                                        "blind"};
static_assert(std::size(kReasonNames) == compare::kReasons);
const char* NameOf(Reason reason) { return kReasonNames[static_cast<size_t>(reason)]; }

constexpr const char* kMethodNames[] = {"none",  "exact",        "shift", "shift_of_values",
                                        "noise", "paired_signs", "point"};
static_assert(std::size(kMethodNames) == compare::kMethods);
const char* NameOf(Method method) { return kMethodNames[static_cast<size_t>(method)]; }

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
                      {"high", JsonFinite(change->high)},
                      {"absolute", change->absolute}};
}

Json ClaimAsJson(const Change::Claim& claim) {
  return Json::Object{{"p", JsonFinite(claim.p)}, {"p_adjusted", JsonFinite(claim.adjusted)}};
}

Json ClaimsAsJson(const std::optional<Change::Claims>& claims) {
  if (!claims.has_value()) return Json();
  return Json::Object{{"worse_by_margin", ClaimAsJson(claims->worse)},
                      {"better_by_margin", ClaimAsJson(claims->better)},
                      {"worse", ClaimAsJson(claims->at_all_worse)},
                      {"better", ClaimAsJson(claims->at_all_better)}};
}

Json ChangeAsJson(const CompareVerdict& verdict, const BenchmarkComparison& benchmark,
                  const Change& change) {
  return Json::Object{
      {"metric", verdict.metrics[change.metric]},
      {"finding", NameOf(change.finding)},
      {"beyond_margin", std::string(BeyondName(change))},
      {"layout", change.layout},
      {"reason", NameOf(change.reason)},
      {"explanation", Explain(verdict, benchmark, change)},
      {"method", NameOf(change.method)},
      {"direction", std::string(DirectionName(change.direction))},
      {"gated", change.gated},
      {"margin", change.margin},
      {"guard", change.guard},
      {"base", JsonFinite(change.base)},
      {"new", JsonFinite(change.candidate)},
      {"base_processes", change.base_processes},
      {"new_processes", change.new_processes},
      {"change", IntervalAsJson(change.change)},
      {"detectable", JsonFinite(change.detectable)},
      {"processes_to_tell",
       change.processes_to_tell.has_value() ? Json(*change.processes_to_tell) : Json()},
      {"beside_the_rest", JsonFinite(change.beside_the_rest)},
      {"claims", ClaimsAsJson(change.claims)}};
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
                      {"explanation", Explain(verdict, benchmark)},
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
                      {"new", difference.candidate},
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

Json FamilyAsJson(const compare::Family& family) {
  return Json::Object{{"size", family.size}, {"alpha", family.alpha}};
}

}  // namespace

std::string CompareAsJson(const CompareVerdict& verdict) {
  const Json limits = verdict.limits.has_value() ? CheckAsJsonValue(*verdict.limits) : Json();
  return WriteJson(Json::Object{
             {"schema", "loadline.compare.2"},
             {"pass", verdict.exit_code == results::ExitCode::kPass},
             {"exit_code", static_cast<int>(verdict.exit_code)},
             {"headline", Headline(verdict)},
             {"policy", verdict.policy},
             {"base", SideAsJson(verdict.base)},
             {"new", SideAsJson(verdict.candidate)},
             {"alpha", verdict.alpha},
             {"confidence", verdict.confidence},
             {"families", Json::Object{{"times", FamilyAsJson(verdict.times)},
                                       {"memory", FamilyAsJson(verdict.memory)},
                                       {"others", FamilyAsJson(verdict.others)}}},
             {"processes_needed", verdict.processes_needed},
             {"rho", verdict.rho},
             {"moved_alike", JsonFinite(verdict.moved_alike)},
             {"void", JsonStrings(verdict.void_reasons)},
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
