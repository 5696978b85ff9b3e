#include "tests/fuzz/compare_claims.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/results/run_name.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::fuzz {
namespace {

using compare::BenchmarkComparison;
using compare::Change;
using compare::CompareVerdict;
using compare::Finding;
using report::Format;
using results::ExitCode;
using results::ResultFile;

constexpr int kCallsPerThoroughOne = 64;

void Require(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

CompareVerdict Judge(const Comparison& asked) {
  return compare::Compare(asked.policy, asked.options, asked.base, asked.candidate);
}

std::string Render(const CompareVerdict& verdict, Format format) {
  return report::Render(verdict, format, {.all = true});
}

// BigO and RMS rows are made from the rows of other names.
void AddNames(const std::vector<ResultFile>& side, std::set<std::string>& names) {
  for (const ResultFile& file : side) {
    for (const results::Row& row : file.rows) {
      if (results::IsFit(row)) continue;
      names.insert(row.run_name);
    }
  }
}

void RequireEveryName(const Comparison& asked, const CompareVerdict& verdict) {
  std::set<std::string> names;
  AddNames(asked.base, names);
  AddNames(asked.candidate, names);
  const std::vector<std::string>& globs = asked.options.benchmarks;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    if (names.erase(benchmark.name) == 1) continue;
    const size_t both = std::erase_if(names, [&](const std::string& name) {
      return results::CanonicalName(name) == benchmark.name;
    });
    Require(both == 2, "no name is made up, and none is there twice");
  }
  for (const std::string& name : names) {
    Require(!globs.empty() && !policy::MatchesBenchmark(globs, name), "no name is dropped");
  }
}

bool InUnit(double share) { return share >= 0 && share <= 1; }

void RequireSense(const Change& change) {
  if (change.change.has_value()) {
    const compare::ChangeInterval& interval = *change.change;
    Require(!std::isnan(interval.estimate), "an estimate is a number");
    Require(interval.low.has_value() == interval.high.has_value(), "both bounds or none");
    Require(!interval.low.has_value() || *interval.low <= *interval.high, "low <= high");
  }
  if (change.claims.has_value()) {
    const Change::Claims& claims = *change.claims;
    for (const Change::Claim& claim :
         {claims.worse, claims.better, claims.at_all_worse, claims.at_all_better}) {
      Require(InUnit(claim.p) && InUnit(claim.adjusted), "p is a probability, and so is adjusted");
    }
  }
  if (change.detectable.has_value()) Require(!std::isnan(*change.detectable), "MDE is a number");
}

// The exit code says the gravest of what the verdict says, no less and, but for problems that have
// a text, no more.
void RequireFittingExitCode(const CompareVerdict& verdict) {
  ExitCode gravest = ExitCode::kPass;
  size_t decided = 0;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    gravest = results::Graver(gravest, benchmark.exit_code);
    for (const Change& change : benchmark.changes) {
      RequireSense(change);
      if (!change.gated) continue;
      if (!change.TooNoisyToGate()) ++decided;
      if (change.finding == Finding::kRegressed) {
        Require(results::Graver(benchmark.exit_code, ExitCode::kBroken) == benchmark.exit_code,
                "a gated regression breaks its benchmark");
      }
      if (change.finding == Finding::kIncomparable) {
        Require(benchmark.exit_code != ExitCode::kPass, "what cannot be compared is no pass");
      }
    }
  }
  // A broken limit is about one side, and goes before what cannot be compared.
  const bool limited = verdict.limits.has_value();
  if (limited) gravest = results::Graver(gravest, verdict.limits->exit_code);
  const bool broken = limited && verdict.limits->exit_code == ExitCode::kBroken;
  Require(broken || results::Graver(verdict.exit_code, gravest) == verdict.exit_code,
          "the gravest is said");
  if (verdict.exit_code != ExitCode::kPass) return;
  Require(decided > 0, "a pass decided something");
  Require(verdict.problems.empty(), "a pass has no problem");
  Require(!verdict.base.sources.empty() && !verdict.candidate.sources.empty(), "a pass has files");
  for (const samples::EnvironmentDifference& difference : verdict.environment) {
    Require(!difference.refuses(), "a pass has one environment");
  }
}

bool IsPlain(char c) { return c >= ' ' && c < '\x7f'; }

// Whatever the names in it were: nothing that a terminal acts on, and no build service's command.
void RequireInert(const std::string& out) {
  Require(results::IsValidUtf8(out), "a report is UTF-8");
  Require(!out.empty() && out.back() == '\n', "a report ends its line");
  Require(!absl::StrContains(out, "##[") && !absl::StrContains(out, "##vso["), "no command");
  for (absl::string_view line : absl::StrSplit(out, '\n')) {
    Require(!absl::StartsWith(line, "::"), "no command");
    const bool plain = std::all_of(line.begin(), line.end(), IsPlain);
    Require(plain || results::EscapeUnprintable(line) == line, "every character can be seen");
  }
}

void RequireNumbersOf(const CompareVerdict& verdict, Format format, const std::string& out) {
  const auto lines = static_cast<size_t>(std::count(out.begin(), out.end(), '\n'));
  if (format == Format::kText) Require(lines >= verdict.benchmarks.size(), "a line each");
  if (format == Format::kCsv) Require(lines >= 1 + verdict.benchmarks.size(), "a record each");
  if (format != Format::kJson && format != Format::kSarif) return;
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(out.c_str(), out.size());
  Require(!json.HasParseError() && json.IsObject(), "JSON is JSON");
  if (format == Format::kSarif) return;
  Require(json["exit_code"].GetInt() == static_cast<int>(verdict.exit_code), "the exit code is in");
  Require(json["benchmarks"].Size() == verdict.benchmarks.size(), "every benchmark is in");
}

void RequireSameFindings(const CompareVerdict& one, const CompareVerdict& other) {
  Require(one.exit_code == other.exit_code, "order does not matter to the exit code");
  Require(one.benchmarks.size() == other.benchmarks.size(), "order drops nothing");
  for (size_t i = 0; i < one.benchmarks.size(); ++i) {
    const BenchmarkComparison& a = one.benchmarks[i];
    const BenchmarkComparison& b = other.benchmarks[i];
    Require(a.name == b.name && a.finding == b.finding && a.exit_code == b.exit_code,
            "order does not matter to a finding");
  }
}

void RequireOppositeOf(const CompareVerdict& verdict, const CompareVerdict& exchanged) {
  Require(verdict.benchmarks.size() == exchanged.benchmarks.size(), "the same names both ways");
  for (size_t i = 0; i < verdict.benchmarks.size(); ++i) {
    const BenchmarkComparison& a = verdict.benchmarks[i];
    const BenchmarkComparison& b = exchanged.benchmarks[i];
    if (a.changes.empty() && a.finding == Finding::kMissing) {
      Require(b.finding != Finding::kMissing && b.finding != Finding::kSame,
              "what is missing one way is there the other way alone");
    }
    if (a.changes.size() != b.changes.size() || a.finding != Finding::kRegressed) continue;
    Require(b.finding != Finding::kRegressed || a.changes.size() > 1,
            "one metric is not worse both ways");
  }
}

void AskAgain(const Comparison& asked, const CompareVerdict& verdict) {
  const CompareVerdict again = Judge(asked);
  for (int format = 0; format < 6; ++format) {
    const std::string out = Render(verdict, static_cast<Format>(format));
    Require(out == Render(again, static_cast<Format>(format)), "the same bytes again");
    RequireInert(out);
  }
  Comparison other = asked;
  std::reverse(other.base.begin(), other.base.end());
  std::reverse(other.candidate.begin(), other.candidate.end());
  RequireSameFindings(verdict, Judge(other));
  std::swap(other.base, other.candidate);
  RequireOppositeOf(verdict, Judge(other));
  other.base = other.candidate;
  Require(Judge(other).exit_code != ExitCode::kPass, "no side passes against itself");
}

}  // namespace

void RequireSoundComparison(const Comparison& comparison) {
  static int calls = 0;
  const CompareVerdict verdict = Judge(comparison);
  RequireEveryName(comparison, verdict);
  RequireFittingExitCode(verdict);
  const std::string out = Render(verdict, comparison.format);
  RequireInert(out);
  RequireNumbersOf(verdict, comparison.format, out);
  if (calls++ % kCallsPerThoroughOne == 0) AskAgain(comparison, verdict);
}

}  // namespace loadline::fuzz
