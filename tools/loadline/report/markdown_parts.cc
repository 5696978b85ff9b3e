#include "tools/loadline/report/markdown_parts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/counted.h"

namespace loadline::report {
namespace {

std::string WordsAboutTheRest(size_t missing, const std::string& noun) {
  return absl::StrCat("\n", results::Counted(missing, absl::StrCat("more ", noun)),
                      " left out for want of room. `--format text --all` shows everything.\n");
}

// What the block takes with none of its lines but with the words about the rest.
size_t BytesAround(const MarkdownBlock& block) {
  return block.head.size() + block.tail.size() +
         WordsAboutTheRest(block.lines.size(), block.noun).size();
}

std::string Render(const MarkdownBlock& block, size_t shown) {
  if (block.lines.empty()) return std::string();
  std::string out;
  if (shown > 0) {
    out = block.head;
    for (size_t i = 0; i < shown; ++i) out.append(block.lines[i]);
    out.append(block.tail);
  }
  if (shown < block.lines.size()) {
    out.append(WordsAboutTheRest(block.lines.size() - shown, block.noun));
  }
  return out;
}

// How many of the lines fit into `room`, which shrinks by what they take.
size_t LinesThatFit(const MarkdownBlock& block, size_t& room) {
  size_t shown = 0;
  while (shown < block.lines.size() && block.lines[shown].size() <= room) {
    room -= block.lines[shown++].size();
  }
  return shown;
}

}  // namespace

std::string MarkdownCode(absl::string_view text) {
  return text.empty() ? std::string("-") : absl::StrCat("<code>", EscapeMarkdown(text), "</code>");
}

std::string FitMarkdown(const std::string& before, const std::vector<MarkdownBlock>& blocks,
                        const std::string& after, size_t limit) {
  size_t taken = before.size() + after.size();
  for (const MarkdownBlock& block : blocks) taken += BytesAround(block);
  size_t room = limit - std::min(limit, taken);
  std::string out = before;
  for (const MarkdownBlock& block : blocks) out.append(Render(block, LinesThatFit(block, room)));
  return out.append(after);
}

}  // namespace loadline::report
