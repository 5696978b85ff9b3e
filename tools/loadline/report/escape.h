#ifndef TOOLS_LOADLINE_REPORT_ESCAPE_H_
#define TOOLS_LOADLINE_REPORT_ESCAPE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace loadline::report {

// Names and messages come from files that anybody may have written. Each function makes any bytes
// safe for one place; the result is valid UTF-8 on one line, without characters that a terminal
// acts on (they become \xNN, byte by byte), and cannot be taken for a command by a build service:
// it does not begin with "::", and has neither "##[" nor "##vso[" anywhere.
// JSON has results::JsonString.

// A terminal or a log.
std::string EscapeTerminal(absl::string_view text);

// A cell of a Markdown table or a paragraph: shown literally, never as markup, HTML or a new cell.
std::string EscapeMarkdown(absl::string_view text);

// Text and attribute values of XML 1.0 and HTML.
std::string EscapeXml(absl::string_view text);

// A field of a CSV file, with its quotes. A field that a spreadsheet would compute (= + - @ first)
// gets ' in front.
std::string EscapeCsv(absl::string_view text);

// A relative or absolute path as a URI reference (RFC 3986): everything but unreserved characters
// and '/' is %NN.
std::string EscapeUriPath(absl::string_view path);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_ESCAPE_H_
