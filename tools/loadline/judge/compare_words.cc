// What CompareVerdict says in words: names, reasons with what to do about them, the headline.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/judge/compare.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::judge {
namespace {

constexpr size_t kGenerousProcesses = 10;  // finite intervals at every usual alpha

std::string Plural(size_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::string WhatToRun(const CompareVerdict& verdict) {
  const size_t processes = std::max(kGenerousProcesses, verdict.processes_needed_gate);
  return absl::StrCat("run `loadline run --suite BIN --repetitions ", processes,
                      " --out FILE` on both sides, or give as many result files a side");
}

std::string TooFew(const CompareVerdict& verdict, size_t base, size_t fresh) {
  std::string text =
      base == 1 && fresh == 1
          ? "one process a side: how much processes differ from each other is not known"
          : absl::StrCat(base, " against ", Plural(fresh, "process", "processes"),
                         ": too few to tell a difference from chance");
  absl::StrAppend(&text, ". At alpha ", verdict.alpha, " it needs at least ",
                  verdict.processes_needed, " a side");
  if (verdict.processes_needed_gate > verdict.processes_needed) {
    absl::StrAppend(&text, " (", verdict.processes_needed_gate, " among the ", verdict.gate_size,
                    " comparisons of this gate)");
  }
  return absl::StrCat(text, ": ", WhatToRun(verdict),
                      ", or give the recorded spread between "
                      "processes with --noise");
}

std::string NotAmongSoMany(const CompareVerdict& verdict) {
  return absl::StrCat("worse by more than the margin if it were the only comparison; among ",
                      verdict.gate_size, " it may be chance. Measure these benchmarks again, with ",
                      verdict.processes_needed_gate,
                      " processes a side or more, and compare the new files by themselves");
}

std::string OfReason(const CompareVerdict& verdict, Reason reason, Finding finding, size_t base,
                     size_t fresh) {
  switch (reason) {
    case Reason::kNone:
      return "";
    case Reason::kTooFewProcesses:
      return TooFew(verdict, base, fresh);
    case Reason::kTooNoisy:
      return "the interval reaches over the margin: more processes a side would narrow it";
    case Reason::kNotAmongSoMany:
      return NotAmongSoMany(verdict);
    case Reason::kEnvironment:
      return "the environments are not comparable";
    case Reason::kTimeSemantics:
      return "Google Benchmark changed in 1.9.0 and 1.9.5 what this figure of a threaded "
             "benchmark means, and the sides stand on different sides of that: measure both with "
             "one version (--allow-env time_semantics compares them all the same)";
    case Reason::kNotFinite:
      return "a value is not finite";
    case Reason::kOnlyAggregates:
      return "there are only means and medians, no measurements: run without "
             "--benchmark_report_aggregates_only";
    case Reason::kFromZero:
      return "the base is zero: there is no percentage";
    case Reason::kOnBase:
      return finding == Finding::kFailed ? "it failed on the base side: there is nothing to "
                                           "compare with"
                                         : "it was skipped on the base side: there is nothing to "
                                           "compare with";
    case Reason::kMetricGone:
      return finding == Finding::kMissing ? "the base side has this metric, the new side does not"
                                          : "the new side has this metric, the base side does not";
    case Reason::kNothingGated:
      return "no metric of it decides";
  }
  return "";
}

absl::string_view Word(const CompareVerdict& verdict) {
  switch (verdict.exit_code) {
    case ExitCode::kPass:
      return "PASS";
    case ExitCode::kBroken:
      return verdict.CountOf(Finding::kRegressed) > 0 ? "REGRESSED" : "FAIL";
    case ExitCode::kInconclusive:
      return "INCONCLUSIVE";
    case ExitCode::kIncomparable:
      return "INCOMPARABLE";
    case ExitCode::kNotMeasured:
      return "INCOMPLETE";
    case ExitCode::kInvalid:
      return "ERROR";
  }
  return "ERROR";
}

absl::string_view Lower(Finding finding) {
  switch (finding) {
    case Finding::kRegressed:
      return "regressed";
    case Finding::kFailed:
      return "failed";
    case Finding::kMissing:
      return "missing";
    case Finding::kIncomparable:
      return "incomparable";
    case Finding::kInconclusive:
      return "inconclusive";
    case Finding::kSkipped:
      return "skipped";
    case Finding::kChanged:
      return "changed";
    case Finding::kNew:
      return "new";
    case Finding::kImproved:
      return "improved";
    case Finding::kPass:
      return "not worse";
    case Finding::kUnchanged:
      return "unchanged";
  }
  return "unknown";
}

std::string Counts(const CompareVerdict& verdict) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < kFindings; ++i) {
    const auto finding = static_cast<Finding>(i);
    const size_t count = verdict.CountOf(finding);
    if (count > 0) parts.push_back(absl::StrCat(count, " ", Lower(finding)));
  }
  return parts.empty() ? "no benchmark" : absl::StrJoin(parts, ", ");
}

std::string Limits(const CheckVerdict& limits) {
  std::string text =
      absl::StrCat(limits.CountOf(Outcome::kPass), " of ", limits.limits.size(), " limits hold");
  const size_t broken = limits.CountOf(Outcome::kFail);
  if (broken > 0) absl::StrAppend(&text, ", ", broken, " broken");
  return text;
}

std::string HostsOf(const CompareVerdict& verdict) {
  std::vector<std::string> hosts = verdict.base.hosts;
  for (const std::string& host : verdict.fresh.hosts) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
  }
  return absl::StrJoin(hosts, " and ");
}

}  // namespace

absl::string_view FindingName(Finding finding) {
  switch (finding) {
    case Finding::kRegressed:
      return "REGRESSED";
    case Finding::kFailed:
      return "FAILED";
    case Finding::kMissing:
      return "MISSING";
    case Finding::kIncomparable:
      return "INCOMPARABLE";
    case Finding::kInconclusive:
      return "INCONCLUSIVE";
    case Finding::kSkipped:
      return "SKIPPED";
    case Finding::kChanged:
      return "CHANGED";
    case Finding::kNew:
      return "NEW";
    case Finding::kImproved:
      return "IMPROVED";
    case Finding::kPass:
      return "PASS";
    case Finding::kUnchanged:
      return "UNCHANGED";
  }
  return "UNKNOWN";
}

std::string LabelText(Label label, const BenchmarkComparison& benchmark) {
  switch (label) {
    case Label::kUnitChanged:
      return benchmark.base_unit == benchmark.new_unit
                 ? "several time units; values are normalised"
                 : absl::StrCat("unit changed from ", benchmark.base_unit, " to ",
                                benchmark.new_unit, "; values are normalised");
    case Label::kProcessesUnequal:
      return absl::StrCat(benchmark.base_processes, " against ", benchmark.new_processes,
                          " processes");
    case Label::kRepetitionsUnequal:
      return absl::StrCat("unequal repetitions in a process: ", benchmark.base_repetitions, " in ",
                          benchmark.base_processes, " against ", benchmark.new_repetitions, " in ",
                          benchmark.new_processes);
    case Label::kSeveralNames:
      return "benchmarks of different full names are taken for this one";
    case Label::kQuantized:
      return "quantized: the clock is too coarse for it";
    case Label::kOversubscribed:
      return "oversubscribed: more threads than CPUs";
  }
  return "";
}

size_t CompareVerdict::CountOf(Finding finding) const {
  return static_cast<size_t>(std::count_if(
      benchmarks.begin(), benchmarks.end(),
      [&](const BenchmarkComparison& benchmark) { return benchmark.finding == finding; }));
}

size_t CompareVerdict::CountOfChanges(Finding finding, bool gated) const {
  size_t count = 0;
  for (const BenchmarkComparison& benchmark : benchmarks) {
    count += static_cast<size_t>(std::count_if(
        benchmark.changes.begin(), benchmark.changes.end(),
        [&](const Change& change) { return change.finding == finding && change.gated == gated; }));
  }
  return count;
}

std::string CompareVerdict::Headline() const {
  std::string text = absl::StrCat(
      Word(*this), ": ", Plural(benchmarks.size(), "benchmark", "benchmarks"), ": ", Counts(*this));
  if (limits.has_value()) absl::StrAppend(&text, "; ", Limits(*limits));
  if (!problems.empty()) {
    absl::StrAppend(&text, "; ", Plural(problems.size(), "problem", "problems"));
  }
  const auto refusing =
      std::count_if(environment.begin(), environment.end(),
                    [](const EnvironmentDifference& difference) { return difference.refuses(); });
  if (refusing > 0) {
    absl::StrAppend(&text, "; the environments are not comparable");
  }
  if (same_executable) absl::StrAppend(&text, "; A/A, both sides ran the same program");
  const std::string hosts = HostsOf(*this);
  if (!hosts.empty()) absl::StrAppend(&text, "; measured on ", hosts);
  return text;
}

std::string CompareVerdict::Explain(const BenchmarkComparison& benchmark) const {
  std::string text = OfReason(*this, benchmark.reason, benchmark.finding, benchmark.base_processes,
                              benchmark.new_processes);
  if (benchmark.message.empty()) return text;
  const std::string words = results::Quoted(benchmark.message);
  return text.empty() ? words : absl::StrCat(text, ": ", words);
}

std::string CompareVerdict::Explain(const BenchmarkComparison&, const Change& change) const {
  return OfReason(*this, change.reason, change.finding, change.base_processes,
                  change.new_processes);
}

}  // namespace loadline::judge
