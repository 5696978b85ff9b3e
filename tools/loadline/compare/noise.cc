#include "tools/loadline/compare/noise.h"

#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::compare {
namespace {

constexpr char kSchema[] = "loadline.noise.1";
constexpr char kSigma[] = "sigma_log";

using results::Quoted;

absl::Status Error(absl::string_view source, absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(results::EscapeUnprintable(source), ": ", message));
}

absl::Status CheckSchema(const results::ResultFile& file) {
  for (const results::Json::Member& member : file.extras) {
    if (member.first != "schema") continue;
    const std::string* schema = member.second.AsString();
    if (schema != nullptr && *schema == kSchema) return absl::OkStatus();
  }
  return Error(file.source, absl::StrCat("is no noise file: it has no \"schema\": \"", kSchema,
                                         "\" beside \"benchmarks\""));
}

absl::Status AddRow(const results::ResultFile& file, const results::Row& row, Noise& noise) {
  const std::string& name = row.run_name;
  for (const auto& [metric, sigma] : row.counters) {
    if (!std::isfinite(sigma) || sigma < 0) {
      return Error(file.source, absl::StrCat(Quoted(name), " has a ", Quoted(metric), " of ", sigma,
                                             ", want a standard deviation from 0"));
    }
    if (noise.SigmaLog(name, metric).has_value()) {
      return Error(file.source, absl::StrCat(Quoted(name), " has ", Quoted(metric), " twice"));
    }
    noise.Set(name, metric, sigma);
  }
  if (row.repetitions > 0) noise.SetProcesses(name, row.repetitions);
  return absl::OkStatus();
}

}  // namespace

std::optional<double> Noise::SigmaLog(absl::string_view benchmark, absl::string_view metric) const {
  const auto found = sigma_.find(benchmark);
  if (found == sigma_.end()) return std::nullopt;
  const auto sigma = found->second.find(metric);
  if (sigma == found->second.end()) return std::nullopt;
  return sigma->second;
}

void Noise::Set(absl::string_view benchmark, absl::string_view metric, double sigma_log) {
  sigma_[benchmark][metric] = sigma_log;
}

int64_t Noise::Processes(absl::string_view benchmark) const {
  const auto found = processes_.find(benchmark);
  return found == processes_.end() ? 0 : found->second;
}

void Noise::SetProcesses(absl::string_view benchmark, int64_t processes) {
  processes_[benchmark] = processes;
}

absl::StatusOr<Noise> ParseNoise(absl::string_view source, std::string text) {
  LOADLINE_ASSIGN_OR_RETURN(const results::ResultFile file,
                            results::ParseResultFile(source, std::move(text)));
  LOADLINE_RETURN_IF_ERROR(CheckSchema(file));
  Noise noise;
  noise.source = std::string(source);
  bool any = false;
  for (const results::Row& row : file.rows) {
    if (row.run_type != results::RunType::kAggregate || row.aggregate_name != kSigma) continue;
    any = true;
    LOADLINE_RETURN_IF_ERROR(AddRow(file, row, noise));
  }
  if (!any) {
    return Error(source, absl::StrCat("has no aggregate row named \"", kSigma,
                                      "\": it says no benchmark's spread"));
  }
  return noise;
}

absl::StatusOr<Noise> ReadNoise(absl::string_view path, const results::InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, results::ReadInputFile(path, options));
  return ParseNoise(path, std::move(text));
}

}  // namespace loadline::compare
