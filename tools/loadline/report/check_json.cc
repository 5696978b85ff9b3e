#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using judge::CheckVerdict;
using judge::Dimension;
using judge::LimitVerdict;
using results::Json;

const char* UnitOf(Dimension dimension) {
  switch (dimension) {
    case Dimension::kBytes:
      return "bytes";
    case Dimension::kTime:
      return "ns";
    case Dimension::kPercent:
      return "%";
    case Dimension::kNumber:
      return "";
  }
  return "";
}

Json::Array Strings(const std::vector<std::string>& strings) {
  return Json::Array(strings.begin(), strings.end());
}

Json LimitAsJson(const LimitVerdict& verdict) {
  const judge::LimitExpression& require = verdict.limit.require;
  Json worst;  // null unless there is a finite value
  if (verdict.worst.has_value() && std::isfinite(*verdict.worst)) worst = Json(*verdict.worst);
  return Json::Object{
      {"require", require.text},
      {"benchmarks", Strings(verdict.limit.benchmarks)},
      {"line", verdict.limit.where.line},
      {"column", verdict.limit.where.column},
      {"outcome", absl::AsciiStrToLower(OutcomeName(verdict.outcome))},
      {"exit_code", static_cast<int>(verdict.exit_code)},
      {"mark", require.mark},
      {"worst", std::move(worst)},
      {"unit", UnitOf(require.dimension())},
      {"worst_text", verdict.WorstText()},
      {"worst_benchmark", verdict.worst_benchmark},
      {"worst_result", verdict.worst_source},
      {"benchmarks_matched", verdict.benchmarks_matched},
      {"benchmarks_measured", verdict.benchmarks_measured},
      {"rows_without_counter", verdict.rows_without_counter},
      {"explanation", verdict.explanation},
  };
}

Json HostAsJson(const judge::Host& host) {
  return Json::Object{{"name", host.name},
                      {"description", host.description},
                      {"reference_machine", host.reference}};
}

Json FailureAsJson(const judge::FailedBenchmark& failure) {
  return Json::Object{
      {"result", failure.source}, {"benchmark", failure.benchmark}, {"message", failure.message}};
}

template <typename T, typename F>
Json::Array Each(const std::vector<T>& items, F as_json) {
  Json::Array out;
  for (const T& item : items) out.push_back(as_json(item));
  return out;
}

}  // namespace

std::string CheckAsJson(const CheckVerdict& verdict) {
  return WriteJson(Json::Object{
             {"schema", "loadline.check.1"},
             {"pass", verdict.exit_code == judge::ExitCode::kPass},
             {"exit_code", static_cast<int>(verdict.exit_code)},
             {"headline", verdict.Headline()},
             {"policy", verdict.policy},
             {"results", Strings(verdict.sources)},
             {"hosts", Each(verdict.hosts, HostAsJson)},
             {"benchmarks", verdict.benchmarks},
             {"limits", Each(verdict.limits, LimitAsJson)},
             {"failures", Each(verdict.failures, FailureAsJson)},
             {"problems", Strings(verdict.problems)},
             {"notes", Strings(verdict.notes)},
         }) +
         "\n";
}

}  // namespace loadline::report
