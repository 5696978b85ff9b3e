#include "tools/loadline/judge/check.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/judge/benchmark_rows.h"
#include "tools/loadline/judge/counted.h"
#include "tools/loadline/judge/fingerprint.h"
#include "tools/loadline/judge/machine_load.h"
#include "tools/loadline/judge/time_semantics.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::judge {
namespace {

using results::Quoted;
using results::ResultFile;
using results::Row;

constexpr size_t kNamesakesNamed = 3;

void AddThreadedTimeNote(const Policy& policy, absl::Span<const ResultFile> files,
                         CheckVerdict& verdict) {
  const bool uses_real_time =
      std::any_of(policy.limits.begin(), policy.limits.end(),
                  [](const Limit& limit) { return limit.require.counter == "real_time_ns"; });
  if (!uses_real_time) return;
  for (const ResultFile& file : files) {
    const bool threaded = std::any_of(file.rows.begin(), file.rows.end(),
                                      [](const Row& row) { return row.threads > 1; });
    if (!threaded || TimeSemanticsOf(file) != "per_thread_divided") continue;
    verdict.notes.push_back(
        absl::StrCat(file.source,
                     ": real_time of rows with several threads is divided by their number "
                     "(Google Benchmark before 1.9); hold marks against a lat_* counter instead"));
  }
}

// The busiest file stands for all.
void AddLoadNote(absl::Span<const ResultFile> files, CheckVerdict& verdict) {
  const ResultFile* busiest = nullptr;
  MachineLoad worst{.cpus = 1};
  size_t busy = 0;
  for (const ResultFile& file : files) {
    const std::optional<MachineLoad> load = LoadOf(file);
    if (!load.has_value() || !(load->PerCpu() > kBusyLoadPerCpu)) continue;
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

void AddNamesakeNotes(const std::vector<BenchmarkRows>& benchmarks, CheckVerdict& verdict) {
  std::vector<std::string> names;
  std::set<std::string> sources;
  for (const BenchmarkRows& benchmark : benchmarks) {
    if (benchmark.namesakes != 1) continue;
    names.push_back(benchmark.name);
    sources.insert(benchmark.source);
  }
  if (names.empty()) return;
  const std::string shared =
      names.size() == 1 ? absl::StrCat("several benchmarks are named ", Quoted(names.front()))
                        : absl::StrCat(names.size(), " names are each of several benchmarks: ",
                                       QuotedNames(names, ", ", kNamesakesNamed));
  verdict.notes.push_back(
      absl::StrCat(*sources.begin(), sources.size() > 1 ? " and others" : "", ": ", shared,
                   "; each is held to the limits by itself. Give each a name of its own"));
}

void AddFileProblems(const ResultFile& file, CheckVerdict& verdict) {
  if (file.incomplete()) {
    verdict.problems.push_back(
        absl::StrCat(file.source, ": the run was cut short (loadline.incomplete)"));
  }
  const bool any = std::any_of(file.rows.begin(), file.rows.end(), [](const Row& row) {
    return row.run_type == results::RunType::kIteration;
  });
  const std::set<std::string> alone = AggregatesAlone(file);
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

size_t CountSkipped(const std::vector<BenchmarkRows>& benchmarks) {
  return static_cast<size_t>(std::count_if(
      benchmarks.begin(), benchmarks.end(),
      [](const BenchmarkRows& b) { return b.skipped > 0 && b.measured.empty() && b.failed == 0; }));
}

absl::string_view Word(ExitCode code) {
  switch (code) {
    case ExitCode::kPass:
      return "PASS";
    case ExitCode::kBroken:
      return "FAIL";
    case ExitCode::kNotMeasured:
      return "INCOMPLETE";
    case ExitCode::kInconclusive:
      return "INCONCLUSIVE";
    default:
      return "ERROR";
  }
}

std::string HostText(const Host& host) {
  return host.description.empty() ? host.name
                                  : absl::StrCat(host.name, " (", host.description, ")");
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
    absl::StrAppend(&text, ", ", Counted(verdict.failures.size(), "benchmark row"), " failed");
  }
  return text;
}

// A copy counted as another run would make chance look like certainty.
void RefuseCopies(absl::Span<const ResultFile> files, CheckVerdict& verdict) {
  std::map<uint64_t, std::string> seen;
  for (const ResultFile& file : files) {
    const uint64_t fingerprint = FingerprintOf(file);
    if (fingerprint == 0) continue;
    const auto [at, fresh] = seen.emplace(fingerprint, file.source);
    if (fresh) continue;
    verdict.problems.push_back(absl::StrCat(file.source, " holds the same measurements as ",
                                            at->second, ": one run does not count twice"));
    verdict.exit_code = Graver(verdict.exit_code, ExitCode::kInvalid);
  }
}

void Conclude(const Policy& policy, CheckVerdict& verdict) {
  verdict.exit_code = ExitCode::kPass;
  for (const LimitVerdict& limit : verdict.limits) {
    verdict.exit_code = Graver(verdict.exit_code, limit.exit_code);
  }
  if (!verdict.failures.empty() || !verdict.problems.empty()) {
    verdict.exit_code = Graver(verdict.exit_code, ExitCode::kNotMeasured);
  }
  if (policy.limits.empty()) {
    verdict.problems.push_back(absl::StrCat(policy.source,
                                            ": has no [[limit]], so nothing is "
                                            "judged"));
    verdict.exit_code = Graver(verdict.exit_code, ExitCode::kInvalid);
  }
}

bool IsReference(const Policy& policy, const ResultFile& file) {
  if (policy.reference.empty()) return false;
  const std::string names[] = {HostOf(file).name, file.ContextText("loadline.host.hardware_model"),
                               file.ContextText("loadline.host.cpu_model")};
  return std::find(std::begin(names), std::end(names), policy.reference_model) != std::end(names);
}

}  // namespace

Host HostOf(const ResultFile& file) {
  Host host;
  host.name = file.ContextText("loadline.host.name");
  if (host.name.empty()) host.name = file.ContextText("host_name");
  if (host.name.empty()) host.name = "unknown host";
  std::vector<std::string> parts;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) parts.push_back(part);
  };
  const std::string os = file.ContextText("loadline.host.os");
  const std::string release = file.ContextText("loadline.host.os_release");
  add(release.empty() ? os : absl::StrCat(os, os.empty() ? "" : " ", release));
  add(file.ContextText("loadline.host.architecture"));
  add(file.ContextText("loadline.host.hardware_model"));
  add(file.ContextText("loadline.host.cpu_model"));
  const std::string cpus = file.ContextText("num_cpus");
  if (!cpus.empty()) parts.push_back(absl::StrCat(cpus, cpus == "1" ? " CPU" : " CPUs"));
  host.description = absl::StrJoin(parts, ", ");
  return host;
}

size_t CheckVerdict::CountOf(Outcome outcome) const {
  return static_cast<size_t>(
      std::count_if(limits.begin(), limits.end(),
                    [&](const LimitVerdict& limit) { return limit.outcome == outcome; }));
}

bool CheckVerdict::OnReferenceMachine() const {
  return !hosts.empty() &&
         std::all_of(hosts.begin(), hosts.end(), [](const Host& host) { return host.reference; });
}

std::string CheckVerdict::Headline() const {
  std::string text =
      absl::StrCat(Word(exit_code), ": ", LimitsText(*this), ", measured on ",
                   absl::StrJoin(hosts, " and ", [](std::string* out, const Host& host) {
                     absl::StrAppend(out, HostText(host));
                   }));
  if (busy) absl::StrAppend(&text, " while busy");
  if (reference.empty()) return text;
  if (OnReferenceMachine()) return absl::StrCat(text, ", the reference machine (", reference, ")");
  return absl::StrCat(text, ". This is not the reference machine (", reference,
                      "): the limits are held against this host, and the figures are its own");
}

CheckVerdict Check(const Policy& policy, absl::Span<const ResultFile> files) {
  CheckVerdict verdict;
  verdict.policy = policy.source;
  verdict.reference = policy.reference;
  for (const ResultFile& file : files) {
    verdict.sources.push_back(file.source);
    Host host = HostOf(file);
    host.reference = IsReference(policy, file);
    if (std::find(verdict.hosts.begin(), verdict.hosts.end(), host) == verdict.hosts.end()) {
      verdict.hosts.push_back(host);
    }
    AddFileProblems(file, verdict);
  }
  const std::vector<BenchmarkRows> benchmarks = GroupRows(files);
  verdict.benchmarks = benchmarks.size();
  const size_t skipped = CountSkipped(benchmarks);
  if (skipped > 0) {
    verdict.notes.push_back(
        Counted(skipped, "benchmark skipped itself", "benchmarks skipped themselves"));
  }
  AddLoadNote(files, verdict);
  AddNamesakeNotes(benchmarks, verdict);
  AddThreadedTimeNote(policy, files, verdict);
  const bool partial =
      benchmarks.empty() || std::any_of(files.begin(), files.end(),
                                        [](const ResultFile& file) { return file.incomplete(); });
  for (const Limit& limit : policy.limits) {
    verdict.limits.push_back(JudgeLimit(limit, benchmarks, partial));
  }
  Conclude(policy, verdict);
  RefuseCopies(files, verdict);
  return verdict;
}

}  // namespace loadline::judge
