#ifndef TOOLS_LOADLINE_REPORT_SARIF_H_
#define TOOLS_LOADLINE_REPORT_SARIF_H_

#include <string>
#include <vector>

#include "tools/loadline/policy/policy.h"

namespace loadline::report {

struct SarifRule {
  std::string id;
  std::string text;  // one line
};

// What SARIF calls the kinds of a result; kOpen when too little is known to say.
enum class SarifKind { kPass, kFail, kOpen, kInformational };

struct SarifResult {
  std::string rule;  // the id of one of the rules
  SarifKind kind = SarifKind::kFail;
  std::string message;
  std::string path;            // the file it is about; "-" is standard input; empty: none
  policy::TextPosition where;  // in that file; line 0: the file as a whole
  std::string benchmark;       // empty: none
};

// A SARIF 2.1.0 log of one run, with a newline at the end.
std::string WriteSarif(const std::vector<SarifRule>& rules, const std::vector<SarifResult>& results,
                       const std::string& headline);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_SARIF_H_
