#ifndef TOOLS_LOADLINE_REPORT_MARKDOWN_PARTS_H_
#define TOOLS_LOADLINE_REPORT_MARKDOWN_PARTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::report {

// `text`, escaped, as <code>: a name may hold any number of backticks. "-" where it is empty.
std::string MarkdownCode(absl::string_view text);

// What GitHub accepts as one comment, in characters; a byte counts as one here, so that the text
// is never longer.
inline constexpr size_t kMarkdownLimit = 65'536;

// Lines that may be left out when a comment would be too long, between a fixed head and tail: the
// rows of a table, the items of a list.
struct MarkdownBlock {
  std::string head;                // such as "<details>" and the titles of a table
  std::vector<std::string> lines;  // each with its newline, the most important first
  std::string tail;
  std::string noun;  // what one line is, for the words about what was left out
};

// `before`, the blocks, `after`, in at most `limit` bytes: the blocks are cut from their ends, the
// last block first, and a line under each says how many are missing and where all of them are.
// A block that is left without lines has its head and tail left out too.
std::string FitMarkdown(const std::string& before, const std::vector<MarkdownBlock>& blocks,
                        const std::string& after, size_t limit = kMarkdownLimit);

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_MARKDOWN_PARTS_H_
