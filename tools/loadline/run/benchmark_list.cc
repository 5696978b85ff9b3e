#include "tools/loadline/run/benchmark_list.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/benchmark_name.h"

namespace loadline::run {
namespace {

using Lines = std::vector<std::string>;

constexpr char kMatchesNothing[] = "^$";  // names are not empty

Lines LinesOf(const std::string& text) { return absl::StrSplit(text, '\n', absl::SkipEmpty()); }

bool EndsInALine(const std::string& text) { return text.empty() || text.back() == '\n'; }

// What stands before the first name on its line, where the program breaks no line after it.
absl::Status CutPrefix(const std::string& prefix, Lines& lines) {
  const auto glued = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return absl::StartsWith(line, prefix) && line != prefix;
  });
  if (glued == lines.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the program prints ", results::Quoted(prefix),
                     " on the line of its first benchmark: let it break the line there"));
  }
  glued->erase(0, prefix.size());
  return absl::OkStatus();
}

// Takes each of `others` from `lines` once; how many were not there.
size_t Subtract(const Lines& others, Lines& lines) {
  std::map<std::string, size_t> left;
  for (const std::string& other : others) ++left[other];
  size_t missing = others.size();
  std::erase_if(lines, [&](const std::string& line) {
    const auto at = left.find(line);
    if (at == left.end() || at->second == 0) return false;
    --at->second;
    --missing;
    return true;
  });
  return missing;
}

// Only what the program says is no benchmark is taken for none.
bool IsNoBenchmark(const std::string& line, const AskForList& ask) {
  const absl::StatusOr<ChildOutcome> answer = ask(ExactFilter(line));
  if (!answer.ok()) return false;
  const Lines listed = LinesOf(answer->out);
  return SaysNoneMatches(*answer) ||
         (answer->ok() && std::find(listed.begin(), listed.end(), line) == listed.end());
}

// Takes up to `most` lines that are no benchmarks from both ends.
void Trim(size_t most, const AskForList& ask, Lines& lines) {
  size_t begin = 0;
  while (begin < std::min(most, lines.size()) && IsNoBenchmark(lines[begin], ask)) ++begin;
  size_t end = lines.size();
  const size_t first_end = end - std::min(most - begin, end - begin);
  while (end > first_end && IsNoBenchmark(lines[end - 1], ask)) --end;
  lines = Lines(lines.begin() + static_cast<ptrdiff_t>(begin),
                lines.begin() + static_cast<ptrdiff_t>(end));
}

}  // namespace

bool SaysNoneMatches(const ChildOutcome& outcome) {
  return absl::StrContains(outcome.err_tail, "Failed to match any benchmarks");
}

absl::StatusOr<std::vector<std::string>> NamesIn(const ChildOutcome& list, const AskForList& ask) {
  const Lines all = LinesOf(list.out);
  if (all.empty() || SaysNoneMatches(list)) return Lines();
  // It may well end with another code than 0, as mains do that were asked for nothing they have.
  LOADLINE_ASSIGN_OR_RETURN(const ChildOutcome none, ask(kMatchesNothing));
  Lines beside = LinesOf(none.out);
  std::string prefix;
  if (!EndsInALine(none.out) && EndsInALine(list.out)) {
    prefix = std::move(beside.back());
    beside.pop_back();
  }
  Lines names = all;
  const size_t changed = Subtract(beside, names);
  if (names.empty()) return all;  // it heeds no filter: nothing tells the lines apart
  if (!prefix.empty()) LOADLINE_RETURN_IF_ERROR(CutPrefix(prefix, names));
  Trim(changed, ask, names);
  return names;
}

}  // namespace loadline::run
