// What CompareVerdict says in words: names, reasons with what to do about them, the headline.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::compare {
namespace {

// What a program says about its failure is shown whole, unless it is no message any more.
constexpr size_t kMessageChars = 4096;

constexpr size_t kGenerousProcesses = 10;  // finite intervals at every usual alpha

// More than so many processes are no advice.
constexpr size_t kMostWorthwhile = 1000;

// A pilot's answer is not known to a process: up to the next of these.
size_t RoundedUp(size_t processes) {
  for (const size_t step : {10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700}) {
    if (processes <= step) return step;
  }
  return kMostWorthwhile;
}

// Enough for the gate, for finite intervals, and for `wanted` where a number is known.
std::string WhatToRun(const CompareVerdict& verdict, std::optional<size_t> wanted) {
  const size_t processes =
      std::max({kGenerousProcesses, verdict.processes_needed_gate, wanted.value_or(0)});
  return absl::StrCat("run `loadline run --suite BIN --repetitions ", processes,
                      " --out FILE` on both sides, or give as many result files a side");
}

std::string BeyondReach(size_t processes) {
  return absl::StrCat("at this spread it would take more than ",
                      std::min(processes, kMostWorthwhile),
                      " processes a side: let each measure longer (--benchmark_min_time), quieten "
                      "the machine, or allow a wider margin");
}

std::string TooFew(const CompareVerdict& verdict, size_t base, size_t fresh,
                   std::optional<size_t> to_tell) {
  std::string text =
      base == 1 && fresh == 1
          ? "one process a side: how much processes differ from each other is not known"
          : absl::StrCat(base, " against ", results::Counted(fresh, "process", "processes"),
                         ": too few to tell a difference from chance");
  absl::StrAppend(&text, ". At alpha ", verdict.alpha, " it needs at least ",
                  verdict.processes_needed, " a side");
  if (verdict.processes_needed_gate > verdict.processes_needed) {
    absl::StrAppend(&text, " (", verdict.processes_needed_gate, " among the ", verdict.gate_size,
                    " comparisons of this gate)");
  }
  if (to_tell.has_value() && *to_tell > kMostWorthwhile) {
    return absl::StrCat(text, ", and ", BeyondReach(*to_tell));
  }
  std::optional<size_t> wanted;
  if (to_tell.has_value()) {
    wanted = RoundedUp(*to_tell);
    absl::StrAppend(&text, ", and about ", *wanted, " to tell at the spread seen so far");
  }
  return absl::StrCat(text, ": ", WhatToRun(verdict, wanted),
                      ", or give the recorded spread between processes with --noise");
}

std::string TooNoisy(const CompareVerdict& verdict, size_t base, size_t fresh,
                     std::optional<size_t> to_tell) {
  const std::string text = "the interval reaches over the margin";
  if (!to_tell.has_value()) {
    return absl::StrCat(text, ": more processes a side would narrow it");
  }
  if (*to_tell > kMostWorthwhile) return absl::StrCat(text, ", and ", BeyondReach(*to_tell));
  if (*to_tell <= std::min(base, fresh)) {
    const size_t twice = RoundedUp(2 * std::max(base, fresh));
    return absl::StrCat(text,
                        ", though so many processes mostly tell no change from one of twice "
                        "the margin: it may lie close to the margin itself. To be sure, ",
                        WhatToRun(verdict, twice));
  }
  const size_t wanted = RoundedUp(*to_tell);
  return absl::StrCat(text, ". About ", wanted,
                      " processes a side would tell no change from one "
                      "of twice the margin in 4 of 5 comparisons: ",
                      WhatToRun(verdict, wanted));
}

std::string NotAmongSoMany(const CompareVerdict& verdict, std::optional<size_t> to_tell) {
  const size_t least = verdict.processes_needed_gate;
  const size_t wanted =
      to_tell.has_value() && *to_tell <= kMostWorthwhile ? RoundedUp(*to_tell) : 0;
  return absl::StrCat("worse by more than the margin if it were the only comparison; among ",
                      verdict.gate_size, " it may be chance. Measure these benchmarks again, with ",
                      std::max(least, wanted),
                      " processes a side or more, and compare the new files by themselves");
}

std::string OfReason(const CompareVerdict& verdict, Reason reason, Finding finding, size_t base,
                     size_t fresh, std::optional<size_t> to_tell = std::nullopt) {
  switch (reason) {
    case Reason::kNone:
      return "";
    case Reason::kTooFewProcesses:
      return TooFew(verdict, base, fresh, to_tell);
    case Reason::kTooNoisy:
      return TooNoisy(verdict, base, fresh, to_tell);
    case Reason::kNotAmongSoMany:
      return NotAmongSoMany(verdict, to_tell);
    case Reason::kEnvironment:
      return "the environments are not comparable";
    case Reason::kTimeSemantics:
      return "Google Benchmark changed in 1.9.0 and 1.9.5 what this figure of a threaded "
             "benchmark means, and the sides stand on different sides of that: measure both with "
             "one version (--allow-env time_semantics compares them all the same)";
    case Reason::kNotFinite:
      return "a value is not finite";
    case Reason::kOnlyAggregates:
      return results::kOnlyAggregates;
    case Reason::kSeveral:
      return "one file has several benchmarks of this name, or rows that may be of several, and "
             "nothing tells which is which: give each benchmark a name of its own, and each run a "
             "file";
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
    case Reason::kBudgetUsedUp:
      return absl::StrCat("not decided by ", results::Counted(base, "restart"),
                          ": raise --budget, or allow a wider --margin");
    case Reason::kLayout:
      return "some restarts are clearly beyond the margin, others clearly not: how the process "
             "happens to lie in memory decides, not the program. Look for alignment or aliasing "
             "before believing either";
  }
  return "";
}

// "only 3 of 8 processes of the new side have this metric"; empty where all have it, or none.
std::string OnlyPartlyThere(const BenchmarkComparison& benchmark, const Change& change) {
  std::vector<std::string> parts;
  const auto add = [&](size_t having, size_t all, absl::string_view side) {
    if (having == 0 || having >= all) return;
    parts.push_back(absl::StrCat(having, " of ", all, " processes of the ", side, " side"));
  };
  add(change.base_processes, benchmark.base_processes, "base");
  add(change.new_processes, benchmark.new_processes, "new");
  if (parts.empty()) return std::string();
  return absl::StrCat("only ", absl::StrJoin(parts, " and "), " have this metric");
}

absl::string_view Word(const CompareVerdict& verdict) {
  switch (verdict.exit_code) {
    case results::ExitCode::kPass:
      return "PASS";
    case results::ExitCode::kBroken:
      return verdict.CountOf(Finding::kRegressed) > 0 ? "REGRESSED" : "FAIL";
    case results::ExitCode::kInconclusive:
      return "INCONCLUSIVE";
    case results::ExitCode::kIncomparable:
      return "INCOMPARABLE";
    case results::ExitCode::kNotMeasured:
      return "INCOMPLETE";
    case results::ExitCode::kInvalid:
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
    case Finding::kLayoutSuspect:
      return "layout-suspect";
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

std::string Limits(const limits::CheckVerdict& limits) {
  std::string text = absl::StrCat(limits.CountOf(limits::Outcome::kPass), " of ",
                                  limits.limits.size(), " limits hold");
  const size_t broken = limits.CountOf(limits::Outcome::kFail);
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
    case Finding::kLayoutSuspect:
      return "LAYOUT-SUSPECT";
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
    case Label::kLengthChanged:
      return "the sides run it for different lengths: the ends of its names differ";
    case Label::kQuantized:
      return "quantized: the clock is too coarse for it";
    case Label::kOversubscribed:
      return "oversubscribed: more threads than CPUs";
    case Label::kMemoryShared:
      return "on one side its memory is that of a process that had run other benchmarks before";
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
      Word(*this), ": ", results::Counted(benchmarks.size(), "benchmark"), ": ", Counts(*this));
  if (limits.has_value()) absl::StrAppend(&text, "; ", Limits(*limits));
  if (!problems.empty()) {
    absl::StrAppend(&text, "; ", results::Counted(problems.size(), "problem"));
  }
  const auto refusing = std::count_if(
      environment.begin(), environment.end(),
      [](const samples::EnvironmentDifference& difference) { return difference.refuses(); });
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
  const std::string words = results::Quoted(benchmark.message, kMessageChars);
  return text.empty() ? words : absl::StrCat(text, ": ", words);
}

std::string CompareVerdict::Explain(const BenchmarkComparison& benchmark,
                                    const Change& change) const {
  const std::string partly = OnlyPartlyThere(benchmark, change);
  const std::string reason = OfReason(*this, change.reason, change.finding, change.base_processes,
                                      change.new_processes, change.processes_to_tell);
  return absl::StrCat(partly, partly.empty() || reason.empty() ? "" : "; ", reason);
}

}  // namespace loadline::compare
