#ifndef TOOLS_LOADLINE_LIMITS_CHECK_H_
#define TOOLS_LOADLINE_LIMITS_CHECK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tools/loadline/limits/limit_verdict.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/results/exit_code.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/samples/machine.h"

namespace loadline::limits {

// A benchmark that gave no figure because it failed.
struct FailedBenchmark {
  std::string source;
  std::string benchmark;  // the row's full name
  std::string message;
};

// What a policy says about result files. A plain value; the same inputs give the same verdict.
struct CheckVerdict {
  std::string policy;
  std::string reference;  // the machine that the limits are about; empty: the policy names none
  std::vector<std::string> sources;
  std::vector<samples::Host> hosts;  // every one once, in the order of the files
  size_t benchmarks = 0;             // with at least one iteration row
  std::vector<LimitVerdict> limits;
  bool busy = false;  // some file's machine had something else to do; a note says which
  std::vector<FailedBenchmark> failures;
  std::vector<std::string> problems;  // what else keeps this from being a pass
  std::vector<std::string> notes;     // what a reader should know; judges nothing
  results::ExitCode exit_code = results::ExitCode::kInvalid;

  size_t CountOf(Outcome outcome) const;
  bool OnReferenceMachine() const;  // every host is
  // One line: "PASS: 4 of 4 limits hold, measured on HOST (...)" and so on (PASS, FAIL for a broken
  // limit, INCOMPLETE for 5, ERROR for 2), and whether HOST is the policy's reference machine.
  std::string Headline() const;
};

// Holds every limit of the policy against the files' iteration rows, grouped by samples::GroupRows.
//
// A limit in mode "confident" passes when every benchmark proves it, fails when one refutes it, and
// is inconclusive (3) otherwise: rates by the interval of Clopper and Pearson, quantiles by the
// binomial test; a rate's operations and a quantile's rows count as independent.
//
// A limit's worst benchmark decides. It fails when that value breaks the mark or is not finite; it
// is an error when no benchmark matches, no matching row has the counter, or a value is one that no
// measurement gives (2), or when every matching benchmark failed or was skipped (5; so is a limit
// that matches nothing in a run that was cut short or is empty). Where some rows that match have
// the counter and others do not, the limit is answered only in part: 5, unless its mark is broken
// as well (1) or it says `missing = "skip"`. The exit code is the gravest of all, with 5 for a
// failed row, a file marked incomplete and files without a benchmark, and 2 for a policy without
// limits.
CheckVerdict Check(const policy::Policy& policy, absl::Span<const results::ResultFile> files);

}  // namespace loadline::limits

#endif  // TOOLS_LOADLINE_LIMITS_CHECK_H_
