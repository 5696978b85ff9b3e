#ifndef TOOLS_LOADLINE_REPORT_REPORT_H_
#define TOOLS_LOADLINE_REPORT_REPORT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tools/loadline/compare/verdict.h"
#include "tools/loadline/limits/check.h"

namespace loadline::report {

// How a verdict is written, the same for every command that judges.
enum class Format { kText, kMarkdown, kJson, kJunit, kSarif, kCsv };
inline constexpr absl::string_view kFormatNames[] = {"text",  "markdown", "json",
                                                     "junit", "sarif",    "csv"};

struct TextOptions {
  bool all = false;    // every row, however many; otherwise long tables are folded
  bool color = false;  // on a terminal
};

// A CheckVerdict or a CompareVerdict in one of the formats, ending in a newline. A function of its
// arguments alone: no time stamps, no environment. The options matter for text only.
template <typename Verdict>
std::string Render(const Verdict& verdict, Format format, const TextOptions& options = {});

// Rows that prove something bad are always shown, whatever the table's length.
std::string AsText(const limits::CheckVerdict& verdict, const TextOptions& options);
std::string AsText(const compare::CompareVerdict& verdict, const TextOptions& options);
// Of a comparison, for a comment on a pull request: what has to be looked at first, the rest to be
// unfolded, at most kMarkdownLimit long, with words about what there was no room for.
std::string AsMarkdown(const limits::CheckVerdict& verdict);
std::string AsMarkdown(const compare::CompareVerdict& verdict);
// The schemas are in docs/formats.md, "Check verdict" and "Comparison".
std::string AsJson(const limits::CheckVerdict& verdict);
std::string AsJson(const compare::CompareVerdict& verdict);
// What JUnit's XML has become: valid under the schema of Jenkins' xUnit plugin (junit-10.xsd), and
// its <testsuite> under that of Maven Surefire (3.0.2). Ant's is not met, as it wants the time of
// day; the time that a case took is 0. A test case a limit or a row; what is not gated is skipped.
std::string AsJunit(const limits::CheckVerdict& verdict);
std::string AsJunit(const compare::CompareVerdict& verdict);
// SARIF 2.1.0: a result a limit, located in the policy file, or a row, in the new side's file.
std::string AsSarif(const limits::CheckVerdict& verdict);
std::string AsSarif(const compare::CompareVerdict& verdict);
std::string AsCsv(const limits::CheckVerdict& verdict);
std::string AsCsv(const compare::CompareVerdict& verdict);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_REPORT_H_
