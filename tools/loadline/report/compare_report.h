#ifndef TOOLS_LOADLINE_REPORT_COMPARE_REPORT_H_
#define TOOLS_LOADLINE_REPORT_COMPARE_REPORT_H_

#include <string>

#include "tools/loadline/compare/compare.h"
#include "tools/loadline/report/format.h"

namespace loadline::report {

struct CompareTextOptions {
  bool all = false;    // every row, however many; otherwise long tables are folded
  bool color = false;  // on a terminal
};

// The verdict in one of the formats, ending in a newline. A function of its arguments alone: no
// time stamps, no environment. The options matter for text only.
std::string RenderCompare(const compare::CompareVerdict& verdict, Format format,
                          const CompareTextOptions& options = {});

// Rows that prove something bad are always shown, whatever the table's length.
std::string CompareAsText(const compare::CompareVerdict& verdict,
                          const CompareTextOptions& options);
// For a comment on a pull request: what has to be looked at first, the rest to be unfolded, at most
// kMarkdownLimit long, with words about what there was no room for.
std::string CompareAsMarkdown(const compare::CompareVerdict& verdict);
// The schema is in docs/formats.md, "Comparison".
std::string CompareAsJson(const compare::CompareVerdict& verdict);
// A test case a row; what is not gated is skipped.
std::string CompareAsJunit(const compare::CompareVerdict& verdict);
// SARIF 2.1.0: a result a row, located in the result file of the new side.
std::string CompareAsSarif(const compare::CompareVerdict& verdict);
std::string CompareAsCsv(const compare::CompareVerdict& verdict);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_COMPARE_REPORT_H_
