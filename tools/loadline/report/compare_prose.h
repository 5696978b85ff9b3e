#ifndef TOOLS_LOADLINE_REPORT_COMPARE_PROSE_H_
#define TOOLS_LOADLINE_REPORT_COMPARE_PROSE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tools/loadline/compare/verdict.h"

namespace loadline::report {

// What a comparison says in words, not escaped.

// "REGRESSED", "FAILED", ...
absl::string_view FindingName(compare::Finding finding);

// Of the margin: "yes", "no", "open"; "-" where the finding is none of a comparison.
absl::string_view BeyondName(const compare::Change& change);

// "unit changed from ns to us", "10 processes against 5", ...
std::string LabelText(compare::Label label, const compare::BenchmarkComparison& benchmark);

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
