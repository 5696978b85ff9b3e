#ifndef TOOLS_LOADLINE_REPORT_COMPARE_PROSE_H_
#define TOOLS_LOADLINE_REPORT_COMPARE_PROSE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/compare/verdict.h"

namespace loadline::report {

// What a comparison says in words, not escaped.

// "REGRESSED", "FAILED", ...; in lower case where it decides nothing.
std::string FindingName(compare::Finding finding, bool gated = true);

// "3 OPEN", "1 SAME": each finding that has a `count`, worst first.
std::vector<std::string> CountWords(absl::FunctionRef<size_t(compare::Finding)> count,
                                    bool gated = true);

// "", "too_few_processes", ...: for programs.
absl::string_view ReasonName(compare::Reason reason);

// Of the margin: "yes", "no", "open"; "-" where the finding is none of a comparison.
absl::string_view BeyondName(const compare::Change& change);

// "unit changed from ns to us", "10 processes against 5", ...: each label that it has.
std::vector<std::string> LabelsOf(const compare::BenchmarkComparison& benchmark);

// "A, B, C and 2 more".
std::string FirstNames(const std::vector<std::string>& names);

// One line: "REGRESSED: 12 benchmarks: 1 regressed, 11 same; ...".
std::string Headline(const compare::CompareVerdict& verdict);

// Sentences on a benchmark's or a change's reason and what to do about it; empty where the figures
// say it all.
std::string Explain(const compare::CompareVerdict& verdict,
                    const compare::BenchmarkComparison& benchmark);
std::string Explain(const compare::CompareVerdict& verdict,
                    const compare::BenchmarkComparison& benchmark, const compare::Change& change);

// A fraction as a percentage with its sign: three digits, or as many more as it takes to see on
// which side of +margin and -margin it is (0: three digits). Infinity is "+inf".
std::string FormatChange(double fraction, double margin);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_COMPARE_PROSE_H_
