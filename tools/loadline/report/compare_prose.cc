#include "tools/loadline/report/compare_prose.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::report {
namespace {

using compare::BenchmarkComparison;
using compare::Beyond;
using compare::Change;
using compare::CompareVerdict;
using compare::Finding;
using compare::Label;
using compare::Reason;
using results::Counted;
using results::ExitCode;

constexpr absl::string_view kFindingNames[] = {
    "REGRESSED", "FAILED",  "MISSING", "INCOMPARABLE", "VOID",     "TAIL",   "SLOWER", "WORSE",
    "OPEN",      "SKIPPED", "CHANGED", "NEW",          "IMPROVED", "FASTER", "BETTER", "SAME"};
static_assert(std::size(kFindingNames) == compare::kFindings);

// What they are called, and what they mean: empty where that depends on more.
struct ReasonWords {
  absl::string_view name;
  absl::string_view text;
};
constexpr ReasonWords kReasons[] = {
    {"", ""},
    {"too_few_processes", ""},
    {"too_noisy", ""},
    {"not_among_so_many", ""},
    {"environment", "the environments are not comparable"},
    {"time_semantics",
     "Google Benchmark changed in 1.9.0 and 1.9.5 what this figure of a threaded benchmark means, "
     "and the sides stand on different sides of that: measure both with one version (--allow-env "
     "time_semantics compares them all the same)"},
    {"not_finite", "a value is not finite"},
    {"only_aggregates", results::kOnlyAggregates},
    {"several_of_one_name",
     "one file has several benchmarks of this name, or rows that may be of several, and nothing "
     "tells which is which: give each benchmark a name of its own, and each run a file"},
    {"on_base", ""},
    {"metric_gone", ""},
    {"nothing_gated", "no metric of it decides"},
    {"budget_used_up", ""},
    {"same_program", "both sides ran the same program: the difference is not the program's"},
    {"control", "a control differed: no difference of this run is to be trusted"},
    {"blind", "a control that does more work was not seen: that nothing changed is not known"}};
static_assert(std::size(kReasons) == compare::kReasons);

// What a program says about its failure is shown whole, unless it is no message any more.
constexpr size_t kMessageChars = 4096;
constexpr size_t kGenerousProcesses = 10;
// More than so many processes are no advice.
constexpr size_t kMostWorthwhile = 1000;
constexpr int kMaxDecimals = 9;
constexpr size_t kFirstNames = 3;

// An estimate from few processes is not known to a process: up to the next of these.
size_t RoundedUp(size_t processes) {
  for (const size_t step : {10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700}) {
    if (processes <= step) return step;
  }
  return kMostWorthwhile;
}

std::string WhatToRun(const CompareVerdict& verdict, size_t wanted) {
  const size_t processes = std::max({kGenerousProcesses, verdict.processes_needed, wanted});
  return absl::StrCat("run `loadline run --suite BIN --repetitions ", processes,
                      " --out FILE` on both sides, or give as many result files a side");
}

std::string BeyondReach(size_t processes) {
  return absl::StrCat("at this spread it would take more than ",
                      std::min(processes, kMostWorthwhile),
                      " processes a side: let each measure longer (--benchmark_min_time), quieten "
                      "the machine, or allow a wider margin or guard");
}

std::string TooFew(const CompareVerdict& verdict, const Change& change) {
  const size_t base = change.base_processes;
  const size_t candidate = change.new_processes;
  std::string text =
      base == 1 && candidate == 1
          ? "one process a side: how much processes differ from each other is not known"
          : absl::StrCat(base, " against ", Counted(candidate, "process", "processes"),
                         ": too few to bound a change");
  const std::optional<size_t>& to_tell = change.processes_to_tell;
  if (to_tell.has_value() && *to_tell > kMostWorthwhile) {
    return absl::StrCat(text, ", and ", BeyondReach(*to_tell));
  }
  const size_t wanted = to_tell.has_value() ? RoundedUp(*to_tell) : 0;
  if (wanted > 0) {
    absl::StrAppend(&text, "; about ", wanted, " would tell at the spread seen so far");
  }
  return absl::StrCat(text, ". ", WhatToRun(verdict, wanted),
                      ", or give the recorded spread between processes with --noise");
}

std::string TooNoisy(const CompareVerdict& verdict, const Change& change) {
  if (!change.TooNoisyToGate()) return std::string();
  const std::string text =
      absl::StrCat("too noisy to gate: it may be worse by up to ",
                   FormatChange(change.MostWorse(), change.guard), ", more than the guard of ",
                   FormatChange(change.guard, 0).substr(1));
  const std::optional<size_t>& to_tell = change.processes_to_tell;
  if (!to_tell.has_value()) return text;
  if (*to_tell > kMostWorthwhile) return absl::StrCat(text, ", and ", BeyondReach(*to_tell));
  const size_t most = std::max(change.base_processes, change.new_processes);
  const size_t wanted = RoundedUp(*to_tell <= most ? 2 * most : *to_tell);
  return absl::StrCat(text, ". About ", wanted,
                      " processes a side would tell: ", WhatToRun(verdict, wanted));
}

// What few processes must show beyond the margin; empty where they are enough.
std::string OfFew(const CompareVerdict& verdict, const Change& change) {
  if (std::min(change.base_processes, change.new_processes) >= verdict.processes_needed) return "";
  return absl::StrCat("; with fewer than ", verdict.processes_needed,
                      " processes a side only what is 1.5 times beyond it is called");
}

std::string NotAmongSoMany(const CompareVerdict& verdict, const Change& change) {
  const size_t to_tell = change.processes_to_tell.value_or(0);
  const size_t wanted = to_tell <= kMostWorthwhile ? RoundedUp(to_tell) : 0;
  return absl::StrCat("worse by more than the margin if it were the only question; among ",
                      verdict.FamilyOf(change.metric_class).size, " it may be chance",
                      OfFew(verdict, change), ". Measure these benchmarks again, with ",
                      std::max(verdict.processes_needed, wanted),
                      " processes a side or more, and compare the new files by themselves");
}

std::string OfReason(Reason reason, Finding finding) {
  if (reason == Reason::kMetricGone) {
    return finding == Finding::kMissing ? "the base side has this metric, the new side does not"
                                        : "the new side has this metric, the base side does not";
  }
  if (reason == Reason::kOnBase) {
    return absl::StrCat(finding == Finding::kFailed ? "it failed" : "it was skipped",
                        " on the base side: there is nothing to compare with");
  }
  return std::string(kReasons[static_cast<size_t>(reason)].text);
}

std::string OfReason(const CompareVerdict& verdict, const Change& change) {
  // No advice on what decides nothing.
  if (!change.gated) return OfReason(change.reason, change.finding);
  switch (change.reason) {
    case Reason::kTooFewProcesses:
      return TooFew(verdict, change);
    case Reason::kTooNoisy:
      return TooNoisy(verdict, change);
    case Reason::kNotAmongSoMany:
      return NotAmongSoMany(verdict, change);
    case Reason::kBudgetUsedUp:
      return absl::StrCat("not decided by ", Counted(change.base_processes, "pair"),
                          ": raise --budget, or allow a wider --margin");
    default:
      return OfReason(change.reason, change.finding);
  }
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

// Where a fraction stands to +margin and -margin: below, at or above each.
std::pair<int, int> PlaceOf(double fraction, double margin) {
  const auto sign = [](double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; };
  return {sign(fraction - margin), sign(fraction + margin)};
}

absl::string_view Word(const CompareVerdict& verdict) {
  constexpr absl::string_view kWords[] = {"PASS",         "FAIL",         "ERROR",
                                          "INCONCLUSIVE", "INCOMPARABLE", "INCOMPLETE"};
  if (verdict.exit_code == ExitCode::kBroken && verdict.CountOf(Finding::kRegressed) > 0) {
    return "REGRESSED";
  }
  if (verdict.exit_code == ExitCode::kInconclusive && !verdict.void_reasons.empty()) return "VOID";
  return kWords[static_cast<size_t>(verdict.exit_code)];
}

std::string Counts(const CompareVerdict& verdict) {
  const std::vector<std::string> parts =
      CountWords([&](Finding finding) { return verdict.CountOf(finding); }, false);
  return absl::StrCat(Counted(verdict.benchmarks.size(), "benchmark"), ": ",
                      parts.empty() ? "none compared" : absl::StrJoin(parts, ", "));
}

// A change that decides, and whose it is.
struct Row {
  const BenchmarkComparison* benchmark;
  const Change* change;
};

std::vector<Row> RowsThatDecide(const CompareVerdict& verdict) {
  std::vector<Row> rows;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (const Change& change : benchmark.changes) {
      const bool compared = change.gated && change.finding != Finding::kMissing &&
                            change.finding != Finding::kNew &&
                            change.finding != Finding::kIncomparable;
      if (compared) rows.push_back({&benchmark, &change});
    }
  }
  return rows;
}

bool IsTime(const Row& row) { return row.change->metric_class == policy::MetricClass::kTime; }

// "5 %" where all rows have the same margin; empty otherwise.
std::string CommonMargin(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    if (row.change->margin != rows.front().change->margin) return std::string();
  }
  return rows.empty() ? std::string()
                      : absl::StrFormat("%.4g %%", 100 * rows.front().change->margin);
}

// "none is worse by more than +13.0 % (Sort/n:10), 646 by no more than the margin of 5 %": what is
// known of the times that decide. Empty where there are none.
std::string Bounds(const CompareVerdict& verdict) {
  std::vector<Row> rows = RowsThatDecide(verdict);
  if (std::any_of(rows.begin(), rows.end(), IsTime)) std::erase_if(rows, std::not_fn(IsTime));
  std::erase_if(rows, [](const Row& row) {
    return row.change->change.has_value() && row.change->change->absolute;
  });
  if (rows.empty()) return std::string();
  const Row worst = *std::max_element(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.change->MostWorse() < b.change->MostWorse();
  });
  const auto within = std::count_if(
      rows.begin(), rows.end(), [](const Row& row) { return row.change->beyond == Beyond::kNo; });
  const std::string margin = CommonMargin(rows);
  const double most = worst.change->MostWorse();
  const std::string bound = !std::isfinite(most) ? "there is no bound on"
                            : most > 0
                                ? absl::StrCat("none is worse by more than ", FormatChange(most, 0))
                                : "none is worse, the closest";
  return absl::StrCat(absl::StrFormat("with %.4g %% confidence ", 100 * (1 - verdict.alpha)), bound,
                      " (", worst.benchmark->name, "), ", within, " by no more than ",
                      margin.empty() ? "their margins" : absl::StrCat("the margin of ", margin));
}

std::string PassWords(const CompareVerdict& verdict) {
  size_t compared = 0;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    compared += benchmark.changes.empty() ? 0 : 1;
  }
  std::string text = absl::StrCat("none of ", compared, " proved worse");
  std::vector<std::string> others;
  for (const Finding finding :
       {Finding::kSlower, Finding::kWorse, Finding::kImproved, Finding::kFaster, Finding::kBetter,
        Finding::kMissing, Finding::kSkipped, Finding::kNew}) {
    const size_t count = verdict.CountOf(finding);
    if (count > 0) others.push_back(absl::StrCat(count, " ", FindingName(finding, false)));
  }
  const bool worse = verdict.CountOf(Finding::kSlower) + verdict.CountOf(Finding::kWorse) > 0;
  if (worse) absl::StrAppend(&text, " by more than the margin");
  if (!others.empty()) absl::StrAppend(&text, " (", absl::StrJoin(others, ", "), ")");
  const auto rows = RowsThatDecide(verdict);
  const auto noisy = std::count_if(rows.begin(), rows.end(),
                                   [](const Row& row) { return row.change->TooNoisyToGate(); });
  if (noisy > 0) absl::StrAppend(&text, "; the policy lets ", noisy, " through that are too noisy");
  const std::string bounds = Bounds(verdict);
  return bounds.empty() ? text : absl::StrCat(text, "; ", bounds);
}

// The benchmarks that a verdict of 1 or 3 is about.
std::string NamesOf(const CompareVerdict& verdict, ExitCode code) {
  std::vector<std::string> names;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    if (benchmark.exit_code == code) names.push_back(benchmark.name);
  }
  return FirstNames(names);
}

std::string OpenWords(const CompareVerdict& verdict) {
  const auto rows = RowsThatDecide(verdict);
  const auto holds_back = [](const Row& row) {
    return row.benchmark->exit_code == ExitCode::kInconclusive && row.change->TooNoisyToGate();
  };
  if (std::none_of(rows.begin(), rows.end(), holds_back)) return std::string();
  return absl::StrCat("; may be worse by more than the guard: ",
                      NamesOf(verdict, ExitCode::kInconclusive));
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
  for (const std::string& host : verdict.candidate.hosts) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
  }
  return absl::StrJoin(hosts, " and ");
}

std::string MovedAlike(const CompareVerdict& verdict) {
  return absl::StrCat("all moved alike, by ", FormatChange(*verdict.moved_alike, 0),
                      ": a slower machine does that, or something that every benchmark uses; "
                      "measure the base again (3 processes of 5 benchmarks tell)");
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

}  // namespace

std::string FindingName(Finding finding, bool gated) {
  const absl::string_view name = kFindingNames[static_cast<size_t>(finding)];
  return gated ? std::string(name) : absl::AsciiStrToLower(name);
}

std::vector<std::string> CountWords(absl::FunctionRef<size_t(Finding)> count, bool gated) {
  std::vector<std::string> words;
  for (size_t i = 0; i < compare::kFindings; ++i) {
    const auto finding = static_cast<Finding>(i);
    const size_t counted = count(finding);
    if (counted > 0) words.push_back(absl::StrCat(counted, " ", FindingName(finding, gated)));
  }
  return words;
}

absl::string_view ReasonName(Reason reason) { return kReasons[static_cast<size_t>(reason)].name; }

absl::string_view BeyondName(const Change& change) {
  constexpr Finding kNotCompared[] = {Finding::kFailed, Finding::kMissing, Finding::kIncomparable,
                                      Finding::kVoid,   Finding::kSkipped, Finding::kNew};
  if (absl::c_linear_search(kNotCompared, change.finding)) return "-";
  return change.beyond == Beyond::kYes ? "yes" : change.beyond == Beyond::kNo ? "no" : "open";
}

std::vector<std::string> LabelsOf(const BenchmarkComparison& benchmark) {
  std::vector<std::string> labels;
  for (size_t i = 0; i < compare::kLabels; ++i) {
    if (benchmark.labels[i]) labels.push_back(LabelText(static_cast<Label>(i), benchmark));
  }
  return labels;
}

std::string FirstNames(const std::vector<std::string>& names) {
  const std::string first = absl::StrJoin(absl::MakeConstSpan(names).subspan(0, kFirstNames), ", ");
  if (names.size() <= kFirstNames) return first;
  return absl::StrCat(first, " and ", names.size() - kFirstNames, " more");
}

std::string Headline(const CompareVerdict& verdict) {
  std::string text = absl::StrCat(Word(verdict), ": ");
  if (verdict.exit_code == ExitCode::kPass) {
    absl::StrAppend(&text, PassWords(verdict));
  } else {
    absl::StrAppend(&text, Counts(verdict));
    if (verdict.CountOf(Finding::kRegressed) > 0) {
      absl::StrAppend(&text, "; regressed: ", NamesOf(verdict, ExitCode::kBroken));
    }
    absl::StrAppend(&text, OpenWords(verdict));
  }
  for (const std::string& reason : verdict.void_reasons) absl::StrAppend(&text, "; ", reason);
  if (verdict.moved_alike.has_value()) absl::StrAppend(&text, "; ", MovedAlike(verdict));
  if (verdict.limits.has_value()) absl::StrAppend(&text, "; ", Limits(*verdict.limits));
  if (!verdict.problems.empty()) {
    absl::StrAppend(&text, "; ", Counted(verdict.problems.size(), "problem"));
  }
  const bool refusing = std::any_of(
      verdict.environment.begin(), verdict.environment.end(),
      [](const samples::EnvironmentDifference& difference) { return difference.refuses(); });
  if (refusing) absl::StrAppend(&text, "; the environments are not comparable");
  if (verdict.same_executable) absl::StrAppend(&text, "; A/A, both sides ran the same program");
  const std::string hosts = HostsOf(verdict);
  return hosts.empty() ? text : absl::StrCat(text, "; measured on ", hosts);
}

std::string Explain(const CompareVerdict&, const BenchmarkComparison& benchmark) {
  std::string text = OfReason(benchmark.reason, benchmark.finding);
  if (benchmark.message.empty()) return text;
  const std::string words = results::Quoted(benchmark.message, kMessageChars);
  return text.empty() ? words : absl::StrCat(text, ": ", words);
}

std::string Explain(const CompareVerdict& verdict, const BenchmarkComparison& benchmark,
                    const Change& change) {
  std::vector<std::string> parts = {OnlyPartlyThere(benchmark, change), OfReason(verdict, change)};
  const bool about_rare = change.finding == Finding::kRegressed || change.finding == Finding::kTail;
  if (about_rare) parts.push_back(change.seen);
  if (change.layout) {
    parts.push_back(
        "some pairs are clearly beyond the margin, others clearly not: how the process happens to "
        "lie in memory has its part in it. Look for alignment or aliasing");
  }
  if (verdict.moved_alike.has_value() && change.beside_the_rest.has_value() &&
      change.finding != Finding::kSame) {
    parts.push_back(absl::StrCat("beside the rest ", FormatChange(*change.beside_the_rest, 0)));
  }
  std::erase(parts, "");
  return absl::StrJoin(parts, "; ");
}

std::string FormatChange(double fraction, double margin) {
  if (std::isnan(fraction)) return "not a number";
  if (std::isinf(fraction)) return fraction > 0 ? "+inf" : "-inf";
  const double percent = 100 * fraction;
  const double size = std::abs(percent);
  int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  std::string text = absl::StrFormat("%+.*f", decimals, percent);
  while (margin > 0 && decimals < kMaxDecimals &&
         PlaceOf(std::stod(text) / 100, margin) != PlaceOf(fraction, margin)) {
    text = absl::StrFormat("%+.*f", ++decimals, percent);
  }
  return absl::StrCat(text, " %");
}

}  // namespace loadline::report
