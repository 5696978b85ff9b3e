#ifndef TOOLS_LOADLINE_REPORT_CHECK_PARTS_H_
#define TOOLS_LOADLINE_REPORT_CHECK_PARTS_H_

#include <string>
#include <vector>

#include "tools/loadline/judge/check.h"
#include "tools/loadline/report/junit.h"
#include "tools/loadline/report/sarif.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {

// What a check's reports are made of, for the reports of commands that check limits as well.

// The table of limits, and the lines on what it has no room for; either may be empty.
std::string LimitTableAsText(const judge::CheckVerdict& verdict, bool color);
std::string LimitRemarksAsText(const judge::CheckVerdict& verdict);
std::string LimitTableAsMarkdown(const judge::CheckVerdict& verdict);
std::string LimitBulletsAsMarkdown(const judge::CheckVerdict& verdict);

// The whole verdict as a value: the schema "loadline.check.1".
results::Json CheckAsJsonValue(const judge::CheckVerdict& verdict);

// A case for every limit, failed benchmark and problem.
void AddCheckCases(const judge::CheckVerdict& verdict, JunitSuite& suite);

std::vector<SarifRule> CheckSarifRules();
std::vector<SarifResult> CheckSarifResults(const judge::CheckVerdict& verdict);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_CHECK_PARTS_H_
