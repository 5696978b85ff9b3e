#include "tools/loadline/compare/noise.h"

#include <cmath>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::compare {
namespace {

using results::Quoted;

absl::Status Error(absl::string_view source, absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(results::EscapeUnprintable(source), ": ", message));
}

bool IsNoiseSchema(const results::Json::Member& member) {
  const std::string* schema = member.second.AsString();
  return member.first == "schema" && schema != nullptr && *schema == kNoiseSchema;
}

absl::Status AddRow(const results::ResultFile& file, const results::Row& row, Noise& noise) {
  Noise::Spreads& spreads = noise.benchmarks[row.run_name];
  for (const auto& [metric, sigma] : row.counters) {
    if (!std::isfinite(sigma) || sigma < 0) {
      return Error(file.source, absl::StrCat(Quoted(row.run_name), " has a ", Quoted(metric),
                                             " of ", sigma, ", want a standard deviation from 0"));
    }
    if (!spreads.sigma_log.emplace(metric, sigma).second) {
      return Error(file.source,
                   absl::StrCat(Quoted(row.run_name), " has ", Quoted(metric), " twice"));
    }
  }
  if (row.repetitions > 0) spreads.processes = row.repetitions;
  return absl::OkStatus();
}

}  // namespace

std::optional<double> Noise::SigmaLog(absl::string_view benchmark, absl::string_view metric) const {
  const auto spreads = benchmarks.find(benchmark);
  if (spreads == benchmarks.end()) return std::nullopt;
  const auto sigma = spreads->second.sigma_log.find(metric);
  if (sigma == spreads->second.sigma_log.end()) return std::nullopt;
  return sigma->second;
}

absl::StatusOr<Noise> ParseNoise(absl::string_view source, std::string text) {
  LOADLINE_ASSIGN_OR_RETURN(const results::ResultFile file,
                            results::ParseResultFile(source, std::move(text)));
  if (absl::c_none_of(file.extras, IsNoiseSchema)) {
    return Error(source, absl::StrCat("is no noise file: it has no \"schema\": \"", kNoiseSchema,
                                      "\" beside \"benchmarks\""));
  }
  Noise noise;
  noise.source = std::string(source);
  bool any = false;
  for (const results::Row& row : file.rows) {
    if (row.run_type != results::RunType::kAggregate || row.aggregate_name != kSigmaLog) continue;
    any = true;
    LOADLINE_RETURN_IF_ERROR(AddRow(file, row, noise));
  }
  if (!any) {
    return Error(source, absl::StrCat("has no aggregate row named \"", kSigmaLog,
                                      "\": it says no benchmark's spread"));
  }
  return noise;
}

absl::StatusOr<Noise> ReadNoise(absl::string_view path, const results::InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, results::ReadInputFile(path, options));
  return ParseNoise(path, std::move(text));
}

}  // namespace loadline::compare
