#include "tools/loadline/run/init_runner.h"

#include <regex.h>

#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/suite_runner.h"

namespace loadline::run {
namespace {

constexpr char kBaseline[] = "baseline";

// As --benchmark_filter: found anywhere in the name, a leading '-' means "all but", empty is all.
absl::StatusOr<bool> Matches(std::string filter, const std::string& name) {
  const bool negated = !filter.empty() && filter[0] == '-';
  if (negated) filter.erase(0, 1);
  if (filter.empty() || filter == "all") return !negated;
  regex_t compiled;
  if (const int error = ::regcomp(&compiled, filter.c_str(), REG_EXTENDED | REG_NOSUB);
      error != 0) {
    char why[256];
    ::regerror(error, &compiled, why, sizeof(why));
    return absl::InvalidArgumentError(
        absl::StrCat("filter ", results::Quoted(filter), " is no regular expression: ", why));
  }
  const bool found = ::regexec(&compiled, name.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return found != negated;
}

// What one start of a probe answers: lines `name value`.
using Answer = std::map<std::string, double>;

constexpr const char* kMoments[] = {"main_ns", "ready_ns", "first_op_ns", "teardown_end_ns"};

// Moments that some other clock gave, or another order, are no durations.
absl::Status CheckOrder(const ChildOutcome& outcome, const Answer& answer) {
  std::vector<std::pair<const char*, double>> moments = {
      {"the start of the process", static_cast<double>(outcome.start_nanos)}};
  for (const char* const name : kMoments) moments.emplace_back(name, answer.at(name));
  moments.emplace_back("the end of the process", static_cast<double>(outcome.end_nanos));
  for (size_t i = 1; i < moments.size(); ++i) {
    const auto& [earlier, before] = moments[i - 1];
    const auto& [later, after] = moments[i];
    if (before <= after) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("the answer's moments are out of order: %s is %g s before %s; they are "
                        "nanoseconds of CLOCK_MONOTONIC",
                        later, (before - after) / 1e9, earlier));
  }
  return absl::OkStatus();
}

absl::StatusOr<Answer> AnswerOf(const absl::StatusOr<ChildOutcome>& outcome, double limit) {
  LOADLINE_RETURN_IF_ERROR(outcome.status());
  if (!outcome->ok()) return absl::UnknownError(Describe(*outcome, limit));
  Answer answer;
  for (const absl::string_view line : absl::StrSplit(outcome->out, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    double value = 0;
    if (words.size() != 2 || !absl::SimpleAtod(words[1], &value) || !(value >= 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("answer line ", results::Quoted(line), "; want NAME NUMBER"));
    }
    answer[words[0]] = value;
  }
  for (const char* const name : kMoments) {
    if (answer.count(name) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("the answer has no ", name));
    }
  }
  LOADLINE_RETURN_IF_ERROR(CheckOrder(*outcome, answer));
  return answer;
}

results::Row RowOf(const std::string& name, const ChildOutcome& outcome, Answer answer) {
  const auto since_start = [&](const char* moment) {
    return answer[moment] - static_cast<double>(outcome.start_nanos);
  };
  results::Row row;
  row.name = row.run_name = name;
  row.iterations = 1;
  row.time_unit = "ns";
  row.real_time_ns = row.cpu_time_ns = since_start("ready_ns");
  row.counters = {{"init_main_ns", since_start("main_ns")},
                  {"init_ready_ns", since_start("ready_ns")},
                  {"init_first_op_ns", since_start("first_op_ns")},
                  {"teardown_ns", answer["teardown_end_ns"] - answer["first_op_ns"]},
                  {"ops_total", 1.0},
                  {"ops_ok", 1.0},
                  {"ops_failed", 0.0},
                  {"success_pct", 100.0}};
  if (answer.count("rss_peak_bytes") != 0) {
    row.counters["rss_peak_bytes"] = answer["rss_peak_bytes"];
  }
  return row;
}

}  // namespace

std::string InitRunner::DirOf(size_t index) const {
  return absl::StrCat(work_dir_, "/init-", 1000 + index);
}

absl::StatusOr<ChildOutcome> InitRunner::Call(std::vector<std::string> words) const {
  ChildOptions child;
  child.arguments = std::move(words);
  child.arguments.insert(child.arguments.begin(), options_.init_probe);
  child.environment = {{"LOADLINE_PROFILE", options_.profile},
                       {"LOADLINE_SEED", absl::StrCat(options_.seed)}};
  child.time_limit_seconds = options_.time_limit_seconds;
  return RunChild(child);
}

absl::StatusOr<InitRunner> InitRunner::Create(const RunOptions& options, std::string work_dir) {
  InitRunner runner(options, std::move(work_dir));
  LOADLINE_ASSIGN_OR_RETURN(runner.identity_, ProgramIdentity::Of(options.init_probe));
  const std::string probe = results::Quoted(options.init_probe);
  const auto failed = [&](absl::string_view doing, const ChildOutcome& outcome) {
    return absl::InvalidArgumentError(absl::StrCat(doing, " of probe ", probe, ": ",
                                                   Describe(outcome, options.time_limit_seconds)));
  };
  LOADLINE_ASSIGN_OR_RETURN(const ChildOutcome list, runner.Call({"--list"}));
  if (!list.ok()) return failed("--list", list);
  for (const absl::string_view line : absl::StrSplit(list.out, '\n', absl::SkipEmpty())) {
    if (line == kBaseline) continue;
    if (results::EscapeUnprintable(line) != line || absl::StrContains(line, ' ')) {
      return absl::InvalidArgumentError(absl::StrCat(
          "probe ", probe, " lists ", results::Quoted(line), ", which is no scenario's name"));
    }
    LOADLINE_ASSIGN_OR_RETURN(const bool wanted, Matches(options.filter, std::string(line)));
    if (wanted) runner.names_.emplace_back(line);
  }
  for (size_t i = 0; i < runner.names_.size(); ++i) {
    LOADLINE_ASSIGN_OR_RETURN(const ChildOutcome prepared,
                              runner.Call({"--prepare", runner.names_[i], runner.DirOf(i)}));
    if (!prepared.ok()) return failed(absl::StrCat("--prepare ", runner.names_[i]), prepared);
  }
  return runner;
}

std::optional<results::Row> InitRunner::Start(size_t index, int start) {
  const std::string& name = names_[index];
  const auto outcome = Call({"--start", name, DirOf(index)});
  if (outcome.ok() && outcome->end == ChildOutcome::End::kInterrupted) return std::nullopt;
  absl::StatusOr<Answer> answer = AnswerOf(outcome, options_.time_limit_seconds);
  if (answer.ok()) {
    if (absl::Status same = identity_.CheckUnchanged(); !same.ok()) answer = std::move(same);
  }
  if (!answer.ok()) return ErrorRow(name, start, options_.starts, answer.status().message());
  results::Row row = RowOf(name, *outcome, *std::move(answer));
  row.repetition_index = start;
  row.repetitions = options_.starts;
  return row;
}

void InitRunner::StartBaseline() {
  // A probe need not have one.
  const auto answer =
      AnswerOf(Call({"--start", kBaseline, work_dir_}), options_.time_limit_seconds);
  if (!answer.ok()) return;
  const auto peak = answer->find("rss_peak_bytes");
  if (peak != answer->end()) baseline_peaks_.push_back(peak->second);
}

void InitRunner::AddBaseline(std::vector<results::Row>& rows) const {
  if (baseline_peaks_.empty()) return;
  const double baseline = stats::Median(baseline_peaks_);
  for (results::Row& row : rows) AddNetMemory(baseline, row);
}

std::vector<results::Row> InitAggregates(const std::vector<results::Row>& starts) {
  std::map<std::string, std::vector<double>> samples;
  std::vector<double> times;
  for (const results::Row& row : starts) {
    if (!row.measured()) continue;
    times.push_back(*row.real_time_ns);
    for (const auto& [name, value] : row.counters) samples[name].push_back(value);
  }
  std::vector<results::Row> aggregates;
  if (times.empty()) return aggregates;
  const std::pair<const char*, double> quantiles[] = {{"min", 0.0}, {"p50", 0.5}, {"p95", 0.95}};
  for (const auto& [suffix, q] : quantiles) {
    results::Row row;
    row.run_name = starts.front().run_name;
    row.name = absl::StrCat(row.run_name, "_", suffix);
    row.run_type = results::RunType::kAggregate;
    row.aggregate_name = suffix;
    row.aggregate_unit = "time";
    row.family_index = starts.front().family_index;
    row.per_family_instance_index = 0;
    row.repetitions = starts.front().repetitions;
    row.iterations = static_cast<int64_t>(times.size());
    row.time_unit = "ns";
    row.real_time_ns = row.cpu_time_ns = stats::Quantile(times, q);
    for (const auto& [name, values] : samples) row.counters[name] = stats::Quantile(values, q);
    aggregates.push_back(std::move(row));
  }
  return aggregates;
}

}  // namespace loadline::run
