#ifndef TOOLS_LOADLINE_REPORT_COMPARE_WORDS_H_
#define TOOLS_LOADLINE_REPORT_COMPARE_WORDS_H_

#include <string>
#include <vector>

#include "tools/loadline/compare/compare.h"
#include "tools/loadline/report/compare_rows.h"

namespace loadline::report {

// Sentences about a comparison as a whole, the same in every format that people read. Not escaped.

// "base.json: 12 benchmarks, 8 processes each, on example (2 CPUs)".
std::string SideWords(const compare::SideSummary& side);

// "98 % interval".
std::string IntervalTitle(const compare::CompareVerdict& verdict);

// A row in one sentence without its benchmark: "REGRESSED: cpu_time_ns from 1 us to 2 us, +100 %,
// 98 % interval +90 .. +110 %, detectable +6 %", and the explanation.
std::string RowSentence(const compare::CompareVerdict& verdict, const CompareRow& row);

// How many benchmarks have each finding, all of them; and what is not gated, if anything.
std::string VerdictCounts(const compare::CompareVerdict& verdict);

// Empty where there is none.
std::string GeometricMeanWords(const compare::CompareVerdict& verdict);

// What is known beside the rows: the labels of benchmarks, differences of the environments,
// problems, what to run instead, notes.
std::vector<Remark> SurroundingsOf(const compare::CompareVerdict& verdict);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_COMPARE_WORDS_H_
