#ifndef TOOLS_LOADLINE_REPORT_FORMAT_H_
#define TOOLS_LOADLINE_REPORT_FORMAT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::report {

// How a verdict is written, the same for every command that judges.
enum class Format { kText, kMarkdown, kJson, kJunit, kSarif, kCsv };

std::optional<Format> ParseFormat(absl::string_view name);
// "text", "markdown", "json", "junit", "sarif", "csv".
std::vector<std::string> FormatNames();

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_FORMAT_H_
