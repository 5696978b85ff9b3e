#ifndef TOOLS_LOADLINE_JUDGE_CHECK_H_
#define TOOLS_LOADLINE_JUDGE_CHECK_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/judge/exit_code.h"
#include "tools/loadline/judge/policy.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::judge {

// The machine that a result file was measured on, as far as its context says.
struct Host {
  std::string name;         // "unknown host" where the context names none
  std::string description;  // "Linux 6.1.0, x86_64, 2 CPUs"; empty where nothing is known
  bool reference = false;   // the project's reference machine, a Mac mini M4

  friend bool operator==(const Host&, const Host&) = default;
};
Host HostOf(const results::ResultFile& file);

// kInconclusive: of limits in mode "confident", whose sample proves neither.
enum class Outcome { kPass, kFail, kError, kInconclusive };
// "pass", "FAIL", "ERROR", "INCONCLUSIVE".
absl::string_view OutcomeName(Outcome outcome);

// One limit held against everything that it selects.
struct LimitVerdict {
  Limit limit;
  Outcome outcome = Outcome::kError;
  ExitCode exit_code = ExitCode::kInvalid;  // what this limit alone would return

  // The worst benchmark's statistic, in the counter's own unit; not finite when one of its values
  // is not. Absent when nothing was measured.
  std::optional<double> worst;
  std::string worst_benchmark;  // its run name
  std::string worst_source;     // the file it is in

  size_t benchmarks_matched = 0;
  size_t benchmarks_measured = 0;  // those with the counter; the others were not judged
  size_t rows_without_counter = 0;
  std::string explanation;  // why it is an error or not finite; empty when the figures say it all

  // "max(rss_peak_bytes) < 500MB".
  const std::string& required() const { return limit.require.text; }
  // `worst` for people, with as many digits as the verdict needs; "-" when absent.
  std::string WorstText() const;
};

// A benchmark that gave no figure because it failed.
struct FailedBenchmark {
  std::string source;
  std::string benchmark;  // the row's full name
  std::string message;
};

// What a policy says about result files. A plain value; the same inputs give the same verdict.
struct CheckVerdict {
  std::string policy;
  std::vector<std::string> sources;
  std::vector<Host> hosts;  // every one once, in the order of the files
  size_t benchmarks = 0;    // with at least one iteration row
  std::vector<LimitVerdict> limits;
  std::vector<FailedBenchmark> failures;
  std::vector<std::string> problems;  // what else keeps this from being a pass
  std::vector<std::string> notes;     // what a reader should know; judges nothing
  ExitCode exit_code = ExitCode::kInvalid;

  size_t CountOf(Outcome outcome) const;
  bool OnReferenceMachine() const;  // every host is
  // One line: "PASS: 4 of 4 limits hold, measured on HOST (...)" and so on (PASS, FAIL for a broken
  // limit, INCOMPLETE for 5, ERROR for 2), and that these are no M4 figures where they are not.
  std::string Headline() const;
};

// Holds every limit of the policy against the files' iteration rows, grouped by host and run name.
// Rows of the same benchmark in several files are one sample; several benchmarks of one name in a
// file (by "family_index" and "per_family_instance_index") are one each.
//
// A limit in mode "confident" passes when every benchmark proves it, fails when one refutes it, and
// is inconclusive (3) otherwise: rates by the interval of Clopper and Pearson, quantiles by the
// binomial test; a rate's operations and a quantile's rows count as independent.
//
// A limit's worst benchmark decides. It fails when that value breaks the mark or is not finite; it
// is an error when no benchmark matches or no matching row has the counter (2), or when every
// matching benchmark failed or was skipped (5; so is a limit that matches nothing in a run that was
// cut short or is empty). The exit code is the gravest of all, with 5 for a
// failed row, a file marked incomplete and files without a benchmark, and 2 for a policy without
// limits.
CheckVerdict Check(const Policy& policy, absl::Span<const results::ResultFile> files);

}  // namespace loadline::judge

#endif  // TOOLS_LOADLINE_JUDGE_CHECK_H_
