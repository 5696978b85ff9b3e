#include "tools/loadline/cli/help.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace loadline::cli {
namespace {

constexpr size_t kWidth = 100;
constexpr size_t kMostColumn = 34;  // where explanations begin at the latest
constexpr size_t kIndent = 2;
constexpr size_t kGap = 2;

using Row = std::pair<std::string, std::string>;  // what is written, what it means

bool HasDashes(const Flag& flag) { return absl::StartsWith(flag.name, "-"); }

std::string Written(const Flag& flag) {
  return flag.value.shown.empty() ? flag.name : absl::StrCat(flag.name, " ", flag.value.shown);
}

std::string UsageLine(const Usage& usage, bool has_commands) {
  std::string line = absl::StrCat("Usage: loadline", usage.name.empty() ? "" : " ", usage.name);
  std::string rest;
  for (const Flag& flag : usage.flags) {
    if (flag.required)
      absl::StrAppend(&line, " ", HasDashes(flag) ? Written(flag) : flag.name + "...");
    if (!flag.required && !HasDashes(flag)) absl::StrAppend(&rest, " [-- ", flag.name, "...]");
  }
  return absl::StrCat(line, " [OPTIONS]", rest, has_commands ? " COMMAND" : "", "\n");
}

// `text` from `column` on, where the line stands now, in as many lines as it takes.
std::string Wrapped(absl::string_view text, size_t column) {
  std::string lines;
  size_t at = column;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    const bool first = at == column;
    if (!first && at + 1 + word.size() > kWidth) {
      absl::StrAppend(&lines, "\n", std::string(column, ' '), word);
      at = column + word.size();
    } else {
      absl::StrAppend(&lines, first ? "" : " ", word);
      at += word.size() + (first ? 0 : 1);
    }
  }
  return lines;
}

std::string Section(absl::string_view title, const std::vector<Row>& rows) {
  if (rows.empty()) return std::string();
  size_t widest = 0;
  for (const Row& row : rows) widest = std::max(widest, row.first.size());
  const size_t column = std::min(kIndent + widest + kGap, kMostColumn);
  std::string text = absl::StrCat("\n", title, ":\n");
  for (const auto& [written, meaning] : rows) {
    const size_t end = kIndent + written.size();
    const bool fits = end + kGap <= column;
    absl::StrAppend(&text, std::string(kIndent, ' '), written, fits ? "" : "\n",
                    std::string(fits ? column - end : column, ' '), Wrapped(meaning, column), "\n");
  }
  return text;
}

}  // namespace

std::string Help(const Usage& usage, absl::Span<const Usage> commands) {
  std::vector<Row> alone;
  std::vector<Row> flags = {{"-h, --help", "Print this help"}};
  for (const Flag& flag : usage.flags) {
    (HasDashes(flag) ? flags : alone).emplace_back(Written(flag), flag.help);
  }
  std::vector<Row> named;
  for (const Usage& command : commands) named.emplace_back(command.name, command.summary);
  return absl::StrCat(usage.summary, "\n", UsageLine(usage, !commands.empty()),
                      Section("Positionals", alone), Section("Options", flags),
                      Section("Commands", named), "\n", usage.footer, "\n");
}

}  // namespace loadline::cli
