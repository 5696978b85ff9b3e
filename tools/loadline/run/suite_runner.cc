#include "tools/loadline/run/suite_runner.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/benchmark_list.h"
#include "tools/loadline/run/benchmark_name.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/suite_arguments.h"

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

}  // namespace

results::Row ErrorRow(const std::string& name, int repetition, int repetitions,
                      const std::string& message) {
  results::Row row;
  row.name = row.run_name = results::EscapeUnprintable(name);
  row.repetition_index = repetition;
  row.repetitions = repetitions;
  row.threads = ThreadsOf(name);
  row.error_occurred = true;
  row.error_message = results::EscapeUnprintable(message);
  return row;
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
  const std::string& name = names_[index];
  const auto failed = [&](const std::string& message) {
    results::Row row = ErrorRow(name, repetition, options_.repetitions, message);
    row.family_index = static_cast<int64_t>(index);
    row.per_family_instance_index = 0;
    return std::vector<results::Row>{std::move(row)};
  };
  if (const absl::Status fault = CheckBenchmark(name); !fault.ok()) {
    return failed(std::string(fault.message()));
  }
  ChildOptions child = Child(MeasuringFlags(ExactFilter(name)));
  if (!ours_) child.memory = ChildOptions::Memory::kWhileItRuns;
  const auto outcome = RunChild(child);
  auto file = ReadOutput();
  if (!outcome.ok()) return failed(std::string(outcome.status().message()));
  if (outcome->end == ChildOutcome::End::kInterrupted) return {};
  if (const absl::Status same = CheckUnchanged(); !same.ok()) {
    return failed(std::string(same.message()));
  }
  if (SaysNoneMatches(*outcome)) return failed(kNoSuchBenchmark);
  if (!outcome->ok()) return failed(Describe(*outcome, options_.time_limit_seconds));
  if (!file.ok()) {
    return failed(absl::StrCat("no result: ", file.status().message(), LastWords(*outcome)));
  }
  if (const absl::Status same = CheckSameRun(*file); !same.ok()) {
    return failed(std::string(same.message()));
  }
  TakeContext(*file);
  const bool aggregates = std::any_of(file->rows.begin(), file->rows.end(), [&](const auto& row) {
    return row.run_type == results::RunType::kAggregate && row.run_name == name;
  });
  auto rows = TakeRows(*std::move(file), index, repetition, outcome->outside_peak_bytes);
  if (!rows.empty()) return rows;
  if (aggregates) return failed(results::kOnlyAggregates);
  return failed(
      absl::StrCat("the process ended well and reported no such benchmark", LastWords(*outcome)));
}

absl::Status SuiteRunner::CheckBenchmark(const std::string& name) const {
  if (namesakes_.count(name) == 0) return CheckName(name);
  return absl::InvalidArgumentError(
      "the program has several benchmarks of this name, and nothing tells which is which: give "
      "each benchmark a name of its own");
}

absl::Status SuiteRunner::CheckUnchanged() { return identity_->CheckUnchanged(); }

// The program's own word sees further than its file: to what a script starts.
absl::Status SuiteRunner::CheckSameRun(const results::ResultFile& file) const {
  const std::string hash = file.ContextText(kHashKey);
  const std::string input = file.ContextText(kInputKey);
  if (context_.empty() || (hash == program_hash_ && input == input_)) return absl::OkStatus();
  if (hash != program_hash_) {
    return absl::FailedPreconditionError(
        absl::StrCat("this process is of another program (", hash, ") than the first of the run"));
  }
  const auto or_none = [](const std::string& text) { return text.empty() ? "not known" : text; };
  return absl::FailedPreconditionError(absl::StrCat("this process measured another input (",
                                                    or_none(input), ") than the first of the run (",
                                                    or_none(input_), ")"));
}

void SuiteRunner::TakeContext(const results::ResultFile& file) {
  if (!context_.empty()) return;
  context_ = file.context;
  program_hash_ = file.ContextText(kHashKey);
  input_ = file.ContextText(kInputKey);
  if (ours_) return;
  context_.emplace_back(
      "loadline.rss_source",
      baseline_bytes_.has_value()
          ? "outside: the largest peak seen while it ran"
          : "outside: the largest peak seen while it ran; no baseline, because no "
            "process could be stopped at its end (ptrace)");
  context_.emplace_back("loadline.seed", absl::StrCat(options_.seed));
  context_.emplace_back("loadline.profile", options_.profile);
}

// The least that is known of the peak of a process that was looked at while it ran. It listed its
// names, too, and needed for that what others did. Far below that it was seen before it stood, and
// nothing is known of what came then; a little below are pages that a process touches when it ends,
// and those that the OS has not counted yet.
std::optional<double> SuiteRunner::PeakSeen(std::optional<uint64_t> outside_peak) const {
  const double least = baseline_bytes_.value_or(0);
  if (!outside_peak.has_value()) return std::nullopt;
  const auto peak = static_cast<double>(*outside_peak);
  if (peak < 0.75 * least) return std::nullopt;
  return std::max(peak, least);
}

std::vector<results::Row> SuiteRunner::TakeRows(results::ResultFile file, size_t index,
                                                int repetition,
                                                std::optional<uint64_t> outside_peak) {
  std::vector<results::Row> rows;
  for (results::Row& row : file.rows) {
    // Aggregates of one process are no aggregates of the run.
    if (row.run_type == results::RunType::kAggregate || row.run_name != names_[index]) continue;
    rows.push_back(std::move(row));
  }
  const auto in_process = static_cast<int64_t>(rows.size());
  for (int64_t i = 0; i < in_process; ++i) {
    results::Row& row = rows[static_cast<size_t>(i)];
    row.family_index = static_cast<int64_t>(index);
    row.per_family_instance_index = 0;
    row.repetition_index = repetition * in_process + i;
    row.repetitions = options_.repetitions * in_process;
    if (row.error_occurred || row.skipped) continue;
    if (!ours_) {
      if (const auto seen = PeakSeen(outside_peak); seen.has_value()) {
        row.counters["rss_peak_bytes"] = *seen;
      }
    }
    const auto peak = row.Counter("rss_peak_bytes");
    if (!baseline_bytes_.has_value() || !peak.has_value()) continue;
    row.counters["rss_baseline_bytes"] = *baseline_bytes_;
    row.counters["rss_net_bytes"] = *peak - *baseline_bytes_;
  }
  return rows;
}

}  // namespace loadline::run
