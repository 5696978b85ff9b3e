#ifndef TOOLS_LOADLINE_REPORT_CHECK_REPORT_H_
#define TOOLS_LOADLINE_REPORT_CHECK_REPORT_H_

#include <string>

#include "tools/loadline/limits/check.h"
#include "tools/loadline/report/format.h"

namespace loadline::report {

// The verdict in one of the formats, ending in a newline. A function of its arguments alone: no
// time stamps, no environment. `color` matters for text only.
std::string RenderCheck(const limits::CheckVerdict& verdict, Format format, bool color = false);

std::string CheckAsText(const limits::CheckVerdict& verdict, bool color);
std::string CheckAsMarkdown(const limits::CheckVerdict& verdict);
// The schema is in docs/formats.md, "Check verdict".
std::string CheckAsJson(const limits::CheckVerdict& verdict);
// What JUnit's XML has become: a test case a limit.
std::string CheckAsJunit(const limits::CheckVerdict& verdict);
// SARIF 2.1.0: a result a limit, located in the policy file.
std::string CheckAsSarif(const limits::CheckVerdict& verdict);
std::string CheckAsCsv(const limits::CheckVerdict& verdict);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_CHECK_REPORT_H_
