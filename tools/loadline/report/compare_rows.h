#ifndef TOOLS_LOADLINE_REPORT_COMPARE_ROWS_H_
#define TOOLS_LOADLINE_REPORT_COMPARE_ROWS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tools/loadline/compare/verdict.h"

namespace loadline::report {

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

// The texts of a row's cells, not escaped. "-" where there is nothing to say.
struct CompareCells {
  std::string verdict;     // the finding's name; in lower case where the row is not gated
  std::string change;      // "+28.4 %"
  std::string interval;    // "+25.1 .. +31.0 %"
  std::string beyond;      // the margin: "yes", "no", "open"
  std::string detectable;  // "+6.2 %"
  std::string base;        // "1.02 us"
  std::string candidate;
  std::string metric;
  std::string benchmark;
};
CompareCells CellsOf(const compare::CompareVerdict& verdict, const CompareRow& row);

// Why the row's finding is what it is and what to do about it; empty where the figures say it all.
std::string ExplainRow(const compare::CompareVerdict& verdict, const CompareRow& row);

// "3 OPEN, 1 SAME": how many of the rows from the `first` on have each finding.
std::string CountsOf(const std::vector<CompareRow>& rows, size_t first);

// What the rows' explanations say, each text once: the rows it is about, and the text.
struct Remark {
  std::string about;  // "Sort/n:10 cpu_time_ns", or "... and 11 more"
  std::string text;
};
std::vector<Remark> RemarksOf(const compare::CompareVerdict& verdict,
                              const std::vector<CompareRow>& rows);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_COMPARE_ROWS_H_
