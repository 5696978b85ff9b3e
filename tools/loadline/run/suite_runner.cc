#include "tools/loadline/run/suite_runner.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/benchmark_names.h"
#include "tools/loadline/run/interruption.h"

namespace loadline::run {
namespace {

constexpr int kBaselineStarts = 5;
constexpr size_t kMostListBytes = size_t{16} << 20;
constexpr char kIsItOne[] = "; it seems not to be a Google Benchmark program";
constexpr char kNoSuchBenchmark[] =
    "the program prints this name in its list and says that it has no such benchmark: a part of a "
    "name with a line break, or no name";
constexpr char kHashKey[] = "loadline.executable_hash";
constexpr char kInputKey[] = "loadline.input";
constexpr char kBadFilter[] = "Could not compile benchmark re";  // Google Benchmark 1.5 to 1.9

// The least time Google Benchmark measures one benchmark for, as a bare number: 1.7 knows no unit.
absl::string_view MinTime(const std::string& profile) {
  if (profile == "tiny") return "0.001";
  if (profile == "smoke") return "0.02";
  if (profile == "full") return "0.5";
  return "0.1";
}

constexpr char kReadsJson[] = "leave it out: results are read from a JSON file";
// Flags that must be ours, and what to do instead.
constexpr std::pair<absl::string_view, const char*> kOurFlags[] = {
    {"benchmark_filter", "give loadline --filter RE"},
    {"benchmark_out", "give loadline --out FILE"},
    {"benchmark_out_format", kReadsJson},
    {"benchmark_format", kReadsJson},
    {"benchmark_list_tests", "leave it out: the program is asked for its list"},
    {"benchmark_report_aggregates_only", "leave it out: every measurement is needed"},
};

// The name of a flag, as Google Benchmark and Abseil take it; empty for any other word.
absl::string_view FlagName(absl::string_view word) {
  if (!absl::StartsWith(word, "-")) return {};
  word.remove_prefix(absl::StartsWith(word, "--") ? 2 : 1);
  return word.substr(0, word.find('='));
}

}  // namespace

absl::Status CheckSuiteArguments(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    for (const auto& [name, instead] : kOurFlags) {
      if (FlagName(argument) != name) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("after --: ", results::Quoted(argument), " is set by loadline; ", instead));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> SuiteCommandLine(const std::string& program,
                                          const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& flags) {
  std::vector<std::string> line = {program};
  line.insert(line.end(), arguments.begin(), arguments.end());
  for (const std::string& flag : flags) {
    const bool set = absl::c_any_of(
        arguments, [&](const auto& argument) { return FlagName(argument) == FlagName(flag); });
    if (!set) line.push_back(flag);
  }
  return line;
}

results::Row ErrorRow(absl::string_view name, int repetition, int repetitions,
                      absl::string_view message) {
  results::Row row;
  row.name = row.run_name = results::EscapeUnprintable(name);
  row.repetition_index = repetition;
  row.repetitions = repetitions;
  row.threads = ThreadsOf(name);
  row.error_occurred = true;
  row.error_message = results::EscapeUnprintable(message);
  return row;
}

void AddNetMemory(double baseline, results::Row& row) {
  const auto peak = row.Counter("rss_peak_bytes");
  if (!peak.has_value()) return;
  row.counters["rss_baseline_bytes"] = baseline;
  row.counters["rss_net_bytes"] = *peak - baseline;
}

// The path is long on purpose and the same for every process: in Google Benchmark short paths live
// inside a string object and long ones on the heap, which moves what is measured.
SuiteRunner::SuiteRunner(const RunOptions& options, std::string work_dir)
    : options_(options),
      out_path_(absl::StrCat(work_dir, "/the-result-of-one-benchmark-process.json")) {}

absl::StatusOr<SuiteRunner> SuiteRunner::Create(const RunOptions& options, std::string work_dir) {
  SuiteRunner runner(options, std::move(work_dir));
  LOADLINE_ASSIGN_OR_RETURN(runner.identity_, ProgramIdentity::Of(options.suite));
  LOADLINE_RETURN_IF_ERROR(runner.List());
  runner.MeasureBaseline();
  return runner;
}

ChildOptions SuiteRunner::Child(const std::vector<std::string>& flags) const {
  ChildOptions child;
  child.arguments = SuiteCommandLine(options_.suite, options_.suite_arguments, flags);
  child.environment = {{"LOADLINE_PROFILE", options_.profile},
                       {"LOADLINE_SEED", absl::StrCat(options_.seed)},
                       {"LOADLINE_BASELINE", "0"}};
  child.time_limit_seconds = options_.time_limit_seconds;
  return child;
}

absl::StatusOr<ChildOutcome> SuiteRunner::AskForList(const std::string& filter) const {
  ChildOptions child =
      Child({"--benchmark_list_tests=true", absl::StrCat("--benchmark_filter=", filter)});
  child.max_stdout_bytes = kMostListBytes;
  return RunChild(child);
}

absl::Status SuiteRunner::List() {
  LOADLINE_RETURN_IF_ERROR(CheckSuiteArguments(options_.suite_arguments));
  LOADLINE_ASSIGN_OR_RETURN(const ChildOutcome list,
                            AskForList(options_.filter.empty() ? "." : options_.filter));
  const std::string suite = results::Quoted(options_.suite);
  if (!list.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("listing the benchmarks of ", suite, ": ",
                                                   Describe(list, options_.time_limit_seconds)));
  }
  // Google Benchmark ends as if all were well.
  if (absl::StrContains(list.err_tail, kBadFilter)) {
    return absl::InvalidArgumentError(
        absl::StrCat("filter ", results::Quoted(options_.filter), ": ", suite,
                     " says: ", absl::StripAsciiWhitespace(list.err_tail)));
  }
  if (list.out_truncated) {
    return absl::InvalidArgumentError(absl::StrCat(suite, " answers --benchmark_list_tests with ",
                                                   results::Quoted(list.out), " and more than ",
                                                   kMostListBytes >> 20, " MiB", kIsItOne));
  }
  const auto names =
      NamesIn(list, [this](const std::string& filter) { return AskForList(filter); });
  if (!names.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(suite, ": ", names.status().message()));
  }
  std::set<std::string> seen;
  for (const std::string& name : *names) {
    if (seen.insert(name).second) {
      names_.push_back(name);
    } else {
      namesakes_.insert(name);
    }
  }
  why_none_ = options_.filter.empty()
                  ? absl::StrCat(suite, " lists no benchmark")
                  : absl::StrCat("no benchmark of ", suite, " matches the filter ",
                                 results::Quoted(options_.filter));
  if (!SaysNoneMatches(list)) absl::StrAppend(&why_none_, kIsItOne);
  return absl::OkStatus();
}

// The same program doing nothing, several times. A program with our main runs its empty benchmark;
// of any other, listing the benchmarks is the nearest thing, seen from outside when it ends.
void SuiteRunner::MeasureBaseline() {
  std::vector<double> peaks;
  for (int start = 0; start < kBaselineStarts && !Interruption::Interrupted(); ++start) {
    ChildOptions child = Child(MeasuringFlags("^loadline/baseline/"));
    child.environment.back() = {"LOADLINE_BASELINE", "1"};
    const auto outcome = RunChild(child);
    if (!outcome.ok() || !outcome->ok()) break;
    const auto file = ReadOutput();
    if (!file.ok() || file->ContextText("loadline.schema").empty() || file->rows.empty()) break;
    ours_ = true;
    TakeContext(*file);
    const auto peak = file->rows.front().Counter("rss_peak_bytes");
    if (peak.has_value()) peaks.push_back(*peak);
  }
  for (int start = 0; !ours_ && start < kBaselineStarts; ++start) {
    ChildOptions child = Child({"--benchmark_list_tests=true"});
    child.memory = ChildOptions::Memory::kAtItsEnd;
    const auto outcome = RunChild(child);
    if (outcome.ok() && outcome->outside_peak_bytes.has_value()) {
      peaks.push_back(static_cast<double>(*outcome->outside_peak_bytes));
    }
  }
  if (!peaks.empty()) baseline_bytes_ = stats::Median(peaks);
}

std::vector<std::string> SuiteRunner::MeasuringFlags(const std::string& filter) const {
  // The others are for programs that find their contrary in their environment.
  return {absl::StrCat("--benchmark_filter=", filter),
          "--benchmark_list_tests=false",
          "--benchmark_report_aggregates_only=false",
          "--benchmark_format=console",
          "--benchmark_out_format=json",
          absl::StrCat("--benchmark_out=", out_path_),
          "--benchmark_color=false",
          absl::StrCat("--benchmark_min_time=", MinTime(options_.profile))};
}

absl::StatusOr<results::ResultFile> SuiteRunner::ReadOutput() const {
  auto file = results::ReadResultFile(out_path_);
  ::unlink(out_path_.c_str());  // the next process must not be taken for this one
  return file;
}

std::vector<results::Row> SuiteRunner::Measure(size_t index, int repetition) {
  absl::StatusOr<std::vector<results::Row>> rows = TryToMeasure(index, repetition);
  if (rows.ok()) return *std::move(rows);
  results::Row row =
      ErrorRow(names_[index], repetition, options_.repetitions, rows.status().message());
  row.family_index = static_cast<int64_t>(index);
  row.per_family_instance_index = 0;
  return {std::move(row)};
}

absl::StatusOr<std::vector<results::Row>> SuiteRunner::TryToMeasure(size_t index, int repetition) {
  const std::string& name = names_[index];
  LOADLINE_RETURN_IF_ERROR(CheckBenchmark(name));
  ChildOptions child = Child(MeasuringFlags(ExactFilter(name)));
  if (!ours_) child.memory = ChildOptions::Memory::kWhileItRuns;
  const auto outcome = RunChild(child);
  auto file = ReadOutput();
  LOADLINE_RETURN_IF_ERROR(outcome.status());
  if (outcome->end == ChildOutcome::End::kInterrupted) return std::vector<results::Row>();
  LOADLINE_RETURN_IF_ERROR(CheckUnchanged());
  if (SaysNoneMatches(*outcome)) return absl::NotFoundError(kNoSuchBenchmark);
  if (!outcome->ok()) return absl::UnknownError(Describe(*outcome, options_.time_limit_seconds));
  if (!file.ok()) {
    return absl::UnknownError(
        absl::StrCat("no result: ", file.status().message(), LastWords(*outcome)));
  }
  LOADLINE_RETURN_IF_ERROR(CheckSameRun(*file));
  TakeContext(*file);
  const bool aggregates = absl::c_any_of(file->rows, [&](const results::Row& row) {
    return row.run_type == results::RunType::kAggregate && row.run_name == name;
  });
  auto rows = TakeRows(*std::move(file), index, repetition, outcome->outside_peak_bytes);
  if (!rows.empty()) return rows;
  if (aggregates) return absl::UnknownError(results::kOnlyAggregates);
  return absl::UnknownError(
      absl::StrCat("the process ended well and reported no such benchmark", LastWords(*outcome)));
}

absl::Status SuiteRunner::CheckBenchmark(const std::string& name) const {
  if (namesakes_.count(name) == 0) return CheckName(name);
  return absl::InvalidArgumentError(
      "the program has several benchmarks of this name, and nothing tells which is which: give "
      "each benchmark a name of its own");
}

// The program's own word sees further than its file: to what a script starts.
absl::Status SuiteRunner::CheckSameRun(const results::ResultFile& file) const {
  if (first_.context.empty()) return absl::OkStatus();
  const std::string hash = file.ContextText(kHashKey);
  if (hash != first_.ContextText(kHashKey)) {
    return absl::FailedPreconditionError(
        absl::StrCat("this process is of another program (", hash, ") than the first of the run"));
  }
  const std::string input = file.ContextText(kInputKey);
  const std::string first = first_.ContextText(kInputKey);
  if (input == first) return absl::OkStatus();
  const auto or_none = [](const std::string& text) { return text.empty() ? "not known" : text; };
  return absl::FailedPreconditionError(absl::StrCat("this process measured another input (",
                                                    or_none(input), ") than the first of the run (",
                                                    or_none(first), ")"));
}

void SuiteRunner::TakeContext(const results::ResultFile& file) {
  if (!first_.context.empty()) return;
  first_.context = file.context;
  if (ours_) return;
  constexpr char kSeen[] = "outside: the largest peak seen while it ran";
  constexpr char kNoBaseline[] =
      "; no baseline, because no process could be stopped at its end (ptrace)";
  first_.context.emplace_back("loadline.rss_source",
                              absl::StrCat(kSeen, baseline_bytes_.has_value() ? "" : kNoBaseline));
  first_.context.emplace_back("loadline.seed", absl::StrCat(options_.seed));
  first_.context.emplace_back("loadline.profile", options_.profile);
}

// The least that is known of the peak of a process that was looked at while it ran. It needed what
// others did to list its names. Far below that it was seen before it stood, and nothing is known of
// what came then; a little below are pages that a process touches when it ends, and those that the
// OS has not counted yet.
std::optional<double> SuiteRunner::PeakSeen(std::optional<uint64_t> outside_peak) const {
  if (!outside_peak.has_value()) return std::nullopt;
  const double least = baseline_bytes_.value_or(0);
  const auto peak = static_cast<double>(*outside_peak);
  if (peak < 0.75 * least) return std::nullopt;
  return std::max(peak, least);
}

std::vector<results::Row> SuiteRunner::TakeRows(results::ResultFile file, size_t index,
                                                int repetition,
                                                std::optional<uint64_t> outside_peak) {
  // Aggregates of one process are no aggregates of the run.
  std::erase_if(file.rows, [&](const results::Row& row) {
    return row.run_type == results::RunType::kAggregate || row.run_name != names_[index];
  });
  const std::optional<double> seen = PeakSeen(outside_peak);
  const auto in_process = static_cast<int64_t>(file.rows.size());
  for (int64_t i = 0; i < in_process; ++i) {
    results::Row& row = file.rows[static_cast<size_t>(i)];
    row.family_index = static_cast<int64_t>(index);
    row.per_family_instance_index = 0;
    row.repetition_index = repetition * in_process + i;
    row.repetitions = options_.repetitions * in_process;
    if (row.error_occurred || row.skipped) continue;
    if (!ours_ && seen.has_value()) row.counters["rss_peak_bytes"] = *seen;
    if (baseline_bytes_.has_value()) AddNetMemory(*baseline_bytes_, row);
  }
  return std::move(file.rows);
}

}  // namespace loadline::run
