#ifndef TOOLS_LOADLINE_LIMITS_LIMIT_VERDICT_H_
#define TOOLS_LOADLINE_LIMITS_LIMIT_VERDICT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/results/exit_code.h"
#include "tools/loadline/samples/benchmark_rows.h"

namespace loadline::limits {

// kInconclusive: of limits in mode "confident", whose sample proves neither.
enum class Outcome { kPass, kFail, kError, kInconclusive };
// "pass", "FAIL", "ERROR", "INCONCLUSIVE".
absl::string_view OutcomeName(Outcome outcome);

// One limit held against everything that it selects.
struct LimitVerdict {
  policy::Limit limit;
  Outcome outcome = Outcome::kError;
  results::ExitCode exit_code = results::ExitCode::kInvalid;  // what this limit alone would return

  // The worst benchmark's statistic, as the limit's mark is; not finite when one of its values is
  // not. Absent when nothing was measured.
  std::optional<double> worst;
  std::string worst_benchmark;  // its run name
  std::string worst_source;     // the file it is in

  size_t benchmarks_matched = 0;
  size_t benchmarks_measured = 0;  // those with the counter
  size_t rows_without_counter = 0;
  std::vector<std::string> lacking;  // benchmarks that ran, with such a row
  std::string explanation;  // why it is an error or not finite; empty when the figures say it all

  // "max(rss_peak_bytes) < 500MB".
  const std::string& required() const { return limit.require.text; }
  // `worst` for people, with as many digits as the verdict needs; "-" when absent.
  std::string WorstText() const;
};

// Holds the limit against all of `benchmarks` that it selects, as Check (check.h) says. `partial`:
// some may be missing, because a run was cut short or measured nothing.
LimitVerdict JudgeLimit(const policy::Limit& limit,
                        const std::vector<samples::BenchmarkRows>& benchmarks, bool partial);

}  // namespace loadline::limits

#endif  // TOOLS_LOADLINE_LIMITS_LIMIT_VERDICT_H_
