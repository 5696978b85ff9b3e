#include "tools/loadline/run/benchmark_names.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::run {
namespace {

using Lines = std::vector<std::string>;

constexpr char kMatchesNothing[] = "^$";  // names are not empty

Lines LinesOf(const std::string& text) { return absl::StrSplit(text, '\n', absl::SkipEmpty()); }

bool EndsInALine(const std::string& text) { return text.empty() || text.back() == '\n'; }

// What stands before the first name on its line, where the program breaks no line after it.
absl::Status CutPrefix(const std::string& prefix, Lines& lines) {
  const auto glued = absl::c_find_if(lines, [&](const std::string& line) {
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
  std::multiset<std::string> left(others.begin(), others.end());
  std::erase_if(lines, [&](const std::string& line) {
    const auto at = left.find(line);
    if (at == left.end()) return false;
    left.erase(at);
    return true;
  });
  return left.size();
}

// Only what the program says is no benchmark is taken for none.
bool IsNoBenchmark(const std::string& line, const AskForList& ask) {
  const absl::StatusOr<ChildOutcome> answer = ask(ExactFilter(line));
  if (!answer.ok()) return false;
  return SaysNoneMatches(*answer) ||
         (answer->ok() && !absl::c_linear_search(LinesOf(answer->out), line));
}

// Takes up to `most` lines that are no benchmarks from both ends.
void Trim(size_t most, const AskForList& ask, Lines& lines) {
  size_t begin = 0;
  while (begin < std::min(most, lines.size()) && IsNoBenchmark(lines[begin], ask)) ++begin;
  lines.erase(lines.begin(), lines.begin() + static_cast<ptrdiff_t>(begin));
  for (size_t left = most - begin; left > 0 && !lines.empty(); --left) {
    if (!IsNoBenchmark(lines.back(), ask)) break;
    lines.pop_back();
  }
}

}  // namespace

// Only what POSIX lets be escaped: libstdc++, libc++ and C libraries, whichever of them the program
// was built with, refuse "\]" and "\}". These two stand for themselves where no "[" or "{" is open.
std::string ExactFilter(absl::string_view name) {
  std::string filter = "^";
  for (const char c : name) {
    if (absl::StrContains(R"(.[\()*+?{|^$)", c)) filter += '\\';
    filter += c;
  }
  return filter + "$";
}

absl::Status CheckName(absl::string_view name) {
  if (results::EscapeUnprintable(name) == name) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the benchmark's name ", results::Quoted(name),
                   " has characters that cannot be printed: give it another name"));
}

int64_t ThreadsOf(absl::string_view name) {
  constexpr absl::string_view kKey = "/threads:";
  const size_t at = name.rfind(kKey);
  int64_t threads = 1;
  if (at == absl::string_view::npos) return 1;
  return absl::SimpleAtoi(name.substr(at + kKey.size()), &threads) && threads > 0 ? threads : 1;
}

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
