#ifndef TOOLS_LOADLINE_REPORT_CHECK_PARTS_H_
#define TOOLS_LOADLINE_REPORT_CHECK_PARTS_H_

#include <string>
#include <vector>

#include "tools/loadline/limits/check.h"
#include "tools/loadline/report/junit.h"
#include "tools/loadline/report/sarif.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {

// What a check's reports are made of, for the reports of commands that check limits as well.

// The table of limits, and the lines on what it has no room for; either may be empty.
std::string LimitTableAsText(const limits::CheckVerdict& verdict, bool color);
std::string LimitRemarksAsText(const limits::CheckVerdict& verdict);
std::string LimitTableAsMarkdown(const limits::CheckVerdict& verdict);
std::string LimitBulletsAsMarkdown(const limits::CheckVerdict& verdict);

// The whole verdict as a value: the schema "loadline.check.1".
results::Json CheckAsJsonValue(const limits::CheckVerdict& verdict);

// A case for every limit, failed benchmark and problem.
void AddCheckCases(const limits::CheckVerdict& verdict, JunitSuite& suite);

std::vector<SarifRule> CheckSarifRules();
std::vector<SarifResult> CheckSarifResults(const limits::CheckVerdict& verdict);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_CHECK_PARTS_H_
