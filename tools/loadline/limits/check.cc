#include "tools/loadline/limits/check.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/samples/benchmark_rows.h"
#include "tools/loadline/samples/machine.h"
#include "tools/loadline/samples/time_semantics.h"

namespace loadline::limits {
namespace {

using results::Quoted;
using results::ResultFile;
using results::Row;

constexpr size_t kNamesakesNamed = 3;

void AddThreadedTimeNote(const policy::Policy& policy, absl::Span<const ResultFile> files,
                         CheckVerdict& verdict) {
  const auto is_of_real_time = [](const policy::Limit& limit) {
    return limit.require.counter == "real_time_ns";
  };
  if (absl::c_none_of(policy.limits, is_of_real_time)) return;
  for (const ResultFile& file : files) {
    const bool threaded = absl::c_any_of(file.rows, [](const Row& row) { return row.threads > 1; });
    if (!threaded || samples::TimeSemanticsOf(file) != "per_thread_divided") continue;
    verdict.notes.push_back(
        absl::StrCat(file.source,
                     ": real_time of rows with several threads is divided by their number "
                     "(Google Benchmark before 1.9); hold marks against a lat_* counter instead"));
  }
}

// The busiest file stands for all.
void AddLoadNote(absl::Span<const ResultFile> files, CheckVerdict& verdict) {
  const ResultFile* busiest = nullptr;
  samples::MachineLoad worst{.cpus = 1};
  size_t busy = 0;
  for (const ResultFile& file : files) {
    const std::optional<samples::MachineLoad> load = samples::LoadOf(file);
    if (!load.has_value() || !(load->PerCpu() > samples::kBusyLoadPerCpu)) continue;
    ++busy;
    if (busiest != nullptr && load->PerCpu() <= worst.PerCpu()) continue;
    busiest = &file;
    worst = *load;
  }
  verdict.busy = busy > 0;
  if (busiest == nullptr) return;
  verdict.notes.push_back(absl::StrCat(
      busiest->source, busy > 1 ? absl::StrCat(" and ", busy - 1, " more") : "",
      ": the machine was busy ", worst.after.has_value() ? "during" : "before", " the run (",
      worst.Text(),
      "): times then are its neighbours' as much as the program's; run it again on a machine that "
      "has nothing else to do, with no more threads than CPUs"));
}

void AddNamesakeNotes(const std::vector<samples::BenchmarkRows>& benchmarks,
                      CheckVerdict& verdict) {
  std::vector<std::string> names;
  std::set<std::string> sources;
  for (const samples::BenchmarkRows& benchmark : benchmarks) {
    if (benchmark.namesakes != 1) continue;
    names.push_back(benchmark.name);
    sources.insert(benchmark.source);
  }
  if (names.empty()) return;
  const std::string shared =
      names.size() == 1 ? absl::StrCat("several benchmarks are named ", Quoted(names.front()))
                        : absl::StrCat(names.size(), " names are each of several benchmarks: ",
                                       results::QuotedNames(names, ", ", kNamesakesNamed));
  verdict.notes.push_back(
      absl::StrCat(*sources.begin(), sources.size() > 1 ? " and others" : "", ": ", shared,
                   "; each is held to the limits by itself. Give each a name of its own"));
}

void AddFileProblems(const ResultFile& file, CheckVerdict& verdict) {
  if (file.incomplete()) {
    verdict.problems.push_back(
        absl::StrCat(file.source, ": the run was cut short (loadline.incomplete)"));
  }
  const bool any = absl::c_any_of(
      file.rows, [](const Row& row) { return row.run_type == results::RunType::kIteration; });
  const std::set<std::string> alone = samples::AggregatesAlone(file);
  if (!alone.empty()) {
    const size_t more = alone.size() - 1;
    verdict.problems.push_back(absl::StrCat(file.source, ": ", Quoted(*alone.begin()),
                                            more > 0 ? absl::StrCat(" and ", more, " more") : "",
                                            ": ", results::kOnlyAggregates));
  } else if (!any) {
    verdict.problems.push_back(absl::StrCat(file.source, ": has no benchmark"));
  }
  for (const Row& row : file.rows) {
    if (!row.error_occurred) continue;
    verdict.failures.push_back(
        {.source = file.source, .benchmark = row.name, .message = row.error_message});
  }
}

void AddSkippedNote(const std::vector<samples::BenchmarkRows>& benchmarks, CheckVerdict& verdict) {
  const auto skipped = absl::c_count_if(benchmarks, [](const samples::BenchmarkRows& b) {
    return b.skipped > 0 && b.measured.empty() && b.failed == 0;
  });
  if (skipped == 0) return;
  verdict.notes.push_back(results::Counted(static_cast<size_t>(skipped), "benchmark skipped itself",
                                           "benchmarks skipped themselves"));
}

// "3 limits hold", "1 of 3 limits broken", ...
std::string LimitsText(const CheckVerdict& verdict) {
  const size_t all = verdict.limits.size();
  const size_t failed = verdict.CountOf(Outcome::kFail);
  const size_t errors = verdict.CountOf(Outcome::kError);
  std::string text = absl::StrCat(verdict.CountOf(Outcome::kPass), " of ", all, " limits hold");
  if (failed > 0) absl::StrAppend(&text, ", ", failed, " broken");
  if (errors > 0) absl::StrAppend(&text, ", ", errors, " not judged");
  const size_t inconclusive = verdict.CountOf(Outcome::kInconclusive);
  if (inconclusive > 0) absl::StrAppend(&text, ", ", inconclusive, " inconclusive");
  if (!verdict.failures.empty()) {
    absl::StrAppend(&text, ", ", results::Counted(verdict.failures.size(), "benchmark row"),
                    " failed");
  }
  return text;
}

void Refuse(std::string problem, CheckVerdict& verdict) {
  verdict.problems.push_back(std::move(problem));
  verdict.exit_code = results::Graver(verdict.exit_code, results::ExitCode::kInvalid);
}

// A copy counted as another run would make chance look like certainty.
void RefuseCopies(absl::Span<const ResultFile> files, CheckVerdict& verdict) {
  std::map<uint64_t, std::string> seen;
  for (const ResultFile& file : files) {
    const uint64_t fingerprint = samples::FingerprintOf(file);
    if (fingerprint == 0) continue;
    const auto [at, inserted] = seen.emplace(fingerprint, file.source);
    if (inserted) continue;
    Refuse(absl::StrCat(file.source, " holds the same measurements as ", at->second,
                        ": one run does not count twice"),
           verdict);
  }
}

bool IsReference(const policy::Policy& policy, const ResultFile& file) {
  if (policy.reference.empty()) return false;
  const std::string names[] = {samples::HostOf(file).name,
                               file.ContextText("loadline.host.hardware_model"),
                               file.ContextText("loadline.host.cpu_model")};
  return absl::c_linear_search(names, policy.reference_model);
}

}  // namespace

size_t CheckVerdict::CountOf(Outcome outcome) const {
  return static_cast<size_t>(absl::c_count_if(
      limits, [&](const LimitVerdict& limit) { return limit.outcome == outcome; }));
}

bool CheckVerdict::OnReferenceMachine() const {
  return !hosts.empty() &&
         absl::c_all_of(hosts, [](const samples::Host& host) { return host.reference; });
}

std::string CheckVerdict::Headline() const {
  constexpr absl::string_view kWords[] = {"PASS",         "FAIL",  "ERROR",  // by exit code
                                          "INCONCLUSIVE", "ERROR", "INCOMPLETE"};
  const auto add_host = [](std::string* out, const samples::Host& host) {
    absl::StrAppend(out, host.Text());
  };
  std::string text = absl::StrCat(kWords[static_cast<size_t>(exit_code)], ": ", LimitsText(*this),
                                  ", measured on ", absl::StrJoin(hosts, " and ", add_host));
  if (busy) absl::StrAppend(&text, " while busy");
  if (reference.empty()) return text;
  if (OnReferenceMachine()) return absl::StrCat(text, ", the reference machine (", reference, ")");
  return absl::StrCat(text, ". This is not the reference machine (", reference,
                      "): the limits are held against this host, and the figures are its own");
}

CheckVerdict Check(const policy::Policy& policy, absl::Span<const ResultFile> files) {
  CheckVerdict verdict;
  verdict.policy = policy.source;
  verdict.reference = policy.reference;
  for (const ResultFile& file : files) {
    verdict.sources.push_back(file.source);
    samples::Host host = samples::HostOf(file);
    host.reference = IsReference(policy, file);
    if (!absl::c_linear_search(verdict.hosts, host)) verdict.hosts.push_back(host);
    AddFileProblems(file, verdict);
  }
  const std::vector<samples::BenchmarkRows> benchmarks = samples::GroupRows(files);
  verdict.benchmarks = benchmarks.size();
  AddSkippedNote(benchmarks, verdict);
  AddLoadNote(files, verdict);
  AddNamesakeNotes(benchmarks, verdict);
  AddThreadedTimeNote(policy, files, verdict);
  const bool partial = benchmarks.empty() || absl::c_any_of(files, [](const ResultFile& file) {
                         return file.incomplete();
                       });
  const bool whole = verdict.failures.empty() && verdict.problems.empty();
  verdict.exit_code = whole ? results::ExitCode::kPass : results::ExitCode::kNotMeasured;
  for (const policy::Limit& limit : policy.limits) {
    verdict.limits.push_back(JudgeLimit(limit, benchmarks, partial));
    verdict.exit_code = results::Graver(verdict.exit_code, verdict.limits.back().exit_code);
  }
  if (policy.limits.empty()) {
    Refuse(absl::StrCat(policy.source, ": has no [[limit]], so nothing is judged"), verdict);
  }
  RefuseCopies(files, verdict);
  return verdict;
}

}  // namespace loadline::limits
