#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using compare::BenchmarkComparison;
using compare::Change;
using compare::CompareVerdict;
using compare::Finding;
using limits::CheckVerdict;
using limits::LimitVerdict;
using results::Json;

// Of the values of Dimension, Method and EnvironmentWeight.
constexpr const char* kUnitNames[] = {"", "bytes", "ns", "%"};
constexpr const char* kMethodNames[] = {"none",  "exact",        "shift", "shift_of_values",
                                        "noise", "paired_signs", "point"};
static_assert(std::size(kMethodNames) == compare::kMethods);
constexpr const char* kWeightNames[] = {"refuse", "warn", "note"};

Json::Array Strings(const std::vector<std::string>& strings) {
  return Json::Array(strings.begin(), strings.end());
}

// `as_json` of each item.
template <typename T, typename F>
Json::Array Each(const std::vector<T>& items, F as_json) {
  Json::Array out;
  for (const T& item : items) out.push_back(as_json(item));
  return out;
}

// Null when there is no number, or when it is not finite.
Json Finite(std::optional<double> number) {
  return number.has_value() && std::isfinite(*number) ? Json(*number) : Json();
}

Json HostAsJson(const samples::Host& host) {
  return Json::Object{{"name", host.name},
                      {"description", host.description},
                      {"reference_machine", host.reference}};
}

Json LimitAsJson(const LimitVerdict& verdict) {
  const policy::LimitExpression& require = verdict.limit.require;
  return Json::Object{
      {"require", require.text},
      {"benchmarks", Strings(verdict.limit.benchmarks)},
      {"line", verdict.limit.where.line},
      {"column", verdict.limit.where.column},
      {"outcome", absl::AsciiStrToLower(OutcomeName(verdict.outcome))},
      {"exit_code", static_cast<int>(verdict.exit_code)},
      {"mark", require.mark},
      {"worst", Finite(verdict.worst)},
      {"unit", kUnitNames[static_cast<size_t>(require.unit.dimension)]},
      {"worst_text", verdict.WorstText()},
      {"worst_benchmark", verdict.worst_benchmark},
      {"worst_result", verdict.worst_source},
      {"benchmarks_matched", verdict.benchmarks_matched},
      {"benchmarks_measured", verdict.benchmarks_measured},
      {"rows_without_counter", verdict.rows_without_counter},
      {"lacking", Strings(verdict.lacking)},
      {"explanation", verdict.explanation},
  };
}

Json FailureAsJson(const limits::FailedBenchmark& failure) {
  return Json::Object{
      {"result", failure.source}, {"benchmark", failure.benchmark}, {"message", failure.message}};
}

Json CheckAsJson(const CheckVerdict& verdict) {
  return Json::Object{
      {"schema", "loadline.check.1"},
      {"pass", verdict.exit_code == results::ExitCode::kPass},
      {"exit_code", static_cast<int>(verdict.exit_code)},
      {"headline", verdict.Headline()},
      {"policy", verdict.policy},
      {"reference", verdict.reference},
      {"results", Strings(verdict.sources)},
      {"hosts", Each(verdict.hosts, HostAsJson)},
      {"benchmarks", verdict.benchmarks},
      {"limits", Each(verdict.limits, LimitAsJson)},
      {"failures", Each(verdict.failures, FailureAsJson)},
      {"problems", Strings(verdict.problems)},
      {"notes", Strings(verdict.notes)},
  };
}

Json IntervalAsJson(const std::optional<compare::ChangeInterval>& change) {
  if (!change.has_value()) return Json();
  return Json::Object{{"estimate", Finite(change->estimate)},
                      {"low", Finite(change->low)},
                      {"high", Finite(change->high)},
                      {"absolute", change->absolute}};
}

Json ClaimAsJson(const Change::Claim& claim) {
  return Json::Object{{"p", Finite(claim.p)}, {"p_adjusted", Finite(claim.adjusted)}};
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
      {"finding", FindingName(change.finding, false)},
      {"beyond_margin", BeyondName(change)},
      {"layout", change.layout},
      {"reason", ReasonName(change.reason)},
      {"explanation", Explain(verdict, benchmark, change)},
      {"method", kMethodNames[static_cast<size_t>(change.method)]},
      {"direction", DirectionName(change.direction)},
      {"gated", change.gated},
      {"margin", change.margin},
      {"guard", change.guard},
      {"base", Finite(change.base)},
      {"new", Finite(change.candidate)},
      {"base_processes", change.base_processes},
      {"new_processes", change.new_processes},
      {"change", IntervalAsJson(change.change)},
      {"detectable", Finite(change.detectable)},
      {"processes_to_tell",
       change.processes_to_tell.has_value() ? Json(*change.processes_to_tell) : Json()},
      {"beside_the_rest", Finite(change.beside_the_rest)},
      {"claims", ClaimsAsJson(change.claims)}};
}

Json BenchmarkAsJson(const CompareVerdict& verdict, const BenchmarkComparison& benchmark) {
  return Json::Object{{"name", benchmark.name},
                      {"finding", FindingName(benchmark.finding, false)},
                      {"reason", ReasonName(benchmark.reason)},
                      {"explanation", Explain(verdict, benchmark)},
                      {"exit_code", static_cast<int>(benchmark.exit_code)},
                      {"message", benchmark.message},
                      {"labels", Strings(LabelsOf(benchmark))},
                      {"base_processes", benchmark.base_processes},
                      {"new_processes", benchmark.new_processes},
                      {"base_repetitions", benchmark.base_repetitions},
                      {"new_repetitions", benchmark.new_repetitions},
                      {"metrics", Each(benchmark.changes, [&](const Change& change) {
                         return ChangeAsJson(verdict, benchmark, change);
                       })}};
}

Json SideAsJson(const compare::SideSummary& side) {
  return Json::Object{{"results", Strings(side.sources)},
                      {"hosts", Strings(side.hosts)},
                      {"benchmarks", side.benchmarks},
                      {"min_processes", side.min_processes},
                      {"max_processes", side.max_processes}};
}

Json DifferenceAsJson(const samples::EnvironmentDifference& difference) {
  return Json::Object{{"key", difference.key},
                      {"what", difference.what},
                      {"weight", kWeightNames[static_cast<size_t>(difference.weight)]},
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
    counts.emplace_back(FindingName(finding, false), verdict.CountOf(finding));
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

std::string AsJson(const CheckVerdict& verdict) { return WriteJson(CheckAsJson(verdict)) + "\n"; }

std::string AsJson(const CompareVerdict& verdict) {
  const Json limits = verdict.limits.has_value() ? CheckAsJson(*verdict.limits) : Json();
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
             {"moved_alike", Finite(verdict.moved_alike)},
             {"void", Strings(verdict.void_reasons)},
             {"same_executable", verdict.same_executable},
             {"environment", Each(verdict.environment, DifferenceAsJson)},
             {"counts", CountsAsJson(verdict)},
             {"geometric_mean", GeometricMeanAsJson(verdict)},
             {"benchmarks", Each(verdict.benchmarks,
                                 [&](const BenchmarkComparison& benchmark) {
                                   return BenchmarkAsJson(verdict, benchmark);
                                 })},
             {"limits", limits},
             {"problems", Strings(verdict.problems)},
             {"notes", Strings(verdict.notes)},
         }) +
         "\n";
}

}  // namespace loadline::report
