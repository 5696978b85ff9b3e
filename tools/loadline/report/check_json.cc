#include <string>

#include "absl/strings/ascii.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/json_parts.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using limits::CheckVerdict;
using limits::LimitVerdict;
using policy::Dimension;
using results::Json;

const char* UnitName(Dimension dimension) {
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

Json LimitAsJson(const LimitVerdict& verdict) {
  const policy::LimitExpression& require = verdict.limit.require;
  return Json::Object{
      {"require", require.text},
      {"benchmarks", JsonStrings(verdict.limit.benchmarks)},
      {"line", verdict.limit.where.line},
      {"column", verdict.limit.where.column},
      {"outcome", absl::AsciiStrToLower(OutcomeName(verdict.outcome))},
      {"exit_code", static_cast<int>(verdict.exit_code)},
      {"mark", require.mark},
      {"worst", JsonFinite(verdict.worst)},
      {"unit", UnitName(require.unit.dimension)},
      {"worst_text", verdict.WorstText()},
      {"worst_benchmark", verdict.worst_benchmark},
      {"worst_result", verdict.worst_source},
      {"benchmarks_matched", verdict.benchmarks_matched},
      {"benchmarks_measured", verdict.benchmarks_measured},
      {"rows_without_counter", verdict.rows_without_counter},
      {"lacking", JsonStrings(verdict.lacking)},
      {"explanation", verdict.explanation},
  };
}

Json FailureAsJson(const limits::FailedBenchmark& failure) {
  return Json::Object{
      {"result", failure.source}, {"benchmark", failure.benchmark}, {"message", failure.message}};
}

}  // namespace

Json CheckAsJsonValue(const CheckVerdict& verdict) {
  return Json::Object{
      {"schema", "loadline.check.1"},
      {"pass", verdict.exit_code == results::ExitCode::kPass},
      {"exit_code", static_cast<int>(verdict.exit_code)},
      {"headline", verdict.Headline()},
      {"policy", verdict.policy},
      {"reference", verdict.reference},
      {"results", JsonStrings(verdict.sources)},
      {"hosts", JsonEach(verdict.hosts, JsonHost)},
      {"benchmarks", verdict.benchmarks},
      {"limits", JsonEach(verdict.limits, LimitAsJson)},
      {"failures", JsonEach(verdict.failures, FailureAsJson)},
      {"problems", JsonStrings(verdict.problems)},
      {"notes", JsonStrings(verdict.notes)},
  };
}

std::string CheckAsJson(const CheckVerdict& verdict) {
  return WriteJson(CheckAsJsonValue(verdict)) + "\n";
}

}  // namespace loadline::report
