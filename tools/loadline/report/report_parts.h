#ifndef TOOLS_LOADLINE_REPORT_REPORT_PARTS_H_
#define TOOLS_LOADLINE_REPORT_REPORT_PARTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tools/loadline/compare/verdict.h"
#include "tools/loadline/limits/check.h"

namespace loadline::report {

// What the reports are made of, the same in every format that people read. Not escaped.

// One line of a comparison's table: a metric of a benchmark, or a benchmark as a whole where there
// is no metric that says what became of it. Points into the verdict, which must outlive it.
struct CompareRow {
  const compare::BenchmarkComparison* benchmark;
  const compare::Change* change;  // null: the benchmark as a whole
  compare::Finding finding;
  bool gated;  // it decides the exit code; a benchmark as a whole always does
  // Nothing to look at: it keeps nothing from passing, and nothing was proved of it.
  bool quiet() const;
  // The policy says to ignore it: told on demand.
  bool ignored() const;
};

// Every row, worst first: what has to be looked at before what has not, and what is ignored last;
// what is gated before what is not, then by finding, by the size of the change for the worse, and
// by name.
std::vector<CompareRow> RowsOf(const compare::CompareVerdict& verdict);

bool IsGood(compare::Finding finding);
// Worse or open, but not beyond the margin: whether it keeps from passing is the guard's question.
bool IsHeldToGuard(compare::Finding finding);

// The texts of a row's cells. "-" where there is nothing to say.
struct CompareCells {
  std::string verdict;           // the finding's name; in lower case where the row is not gated
  std::string change = "-";      // "+28.4 %"
  std::string interval = "-";    // "+25.1 .. +31.0 %"
  std::string beyond = "-";      // the margin: "yes", "no", "open"
  std::string detectable = "-";  // "+6.2 %"
  std::string base = "-";        // "1.02 us"
  std::string candidate = "-";
  std::string metric = "-";
  std::string benchmark;
};
CompareCells CellsOf(const compare::CompareVerdict& verdict, const CompareRow& row);

// "Sort/n:10 cpu_time_ns".
std::string RowName(const compare::CompareVerdict& verdict, const CompareRow& row);

// Why the row's finding is what it is and what to do about it; empty where the figures say it all.
std::string ExplainRow(const compare::CompareVerdict& verdict, const CompareRow& row);

// A row in one sentence without its benchmark: "REGRESSED: cpu_time_ns from 1 us to 2 us, +100 %,
// 98 % interval +90 .. +110 %, detectable +6 %", and the explanation.
std::string RowSentence(const compare::CompareVerdict& verdict, const CompareRow& row);

// "98 % interval".
std::string IntervalTitle(const compare::CompareVerdict& verdict);

// "3 OPEN, 1 SAME": how many of the rows from the `first` on have each finding.
std::string CountsOf(const std::vector<CompareRow>& rows, size_t first);

// A text, and what it is about: "Sort/n:10 cpu_time_ns and 11 more", or a word for it.
struct Remark {
  std::string about;
  std::string text;
};
// What the rows' explanations say, each text once.
std::vector<Remark> RemarksOf(const compare::CompareVerdict& verdict,
                              const std::vector<CompareRow>& rows);
// What is known beside the rows: the labels of benchmarks, differences of the environments,
// problems, what to run instead, notes.
std::vector<Remark> SurroundingsOf(const compare::CompareVerdict& verdict);

// "base.json: 12 benchmarks, 8 processes each, on example (2 CPUs)".
std::string SideWords(const compare::SideSummary& side);

// How many benchmarks have each finding, all of them; and what is not gated, if anything.
std::string VerdictCounts(const compare::CompareVerdict& verdict);

// Empty where there is none.
std::string GeometricMeanWords(const compare::CompareVerdict& verdict);

// Of a limit: ", worst 123 ms at Sort/n:10, measured 3 of 4", and the explanation.
std::string LimitFigures(const limits::LimitVerdict& limit);

// Those that are not empty, with an empty line between them; each ends in a newline.
std::string Paragraphs(std::vector<std::string> parts);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_REPORT_PARTS_H_
