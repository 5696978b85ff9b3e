#include "tools/loadline/run/benchmark_name.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::run {
namespace {

// Only what POSIX lets be escaped: libstdc++, libc++ and C libraries, whichever of them the program
// was built with, refuse "\]" and "\}". These two stand for themselves where no "[" or "{" is open.
std::string Escaped(absl::string_view name) {
  std::string filter;
  for (const char c : name) {
    if (absl::StrContains(R"(.[\()*+?{|^$)", c)) filter += '\\';
    filter += c;
  }
  return filter;
}

// Whether this part of a name comes after the one about iterations.
bool FollowsIterations(absl::string_view part) {
  return part == "process_time" || part == "real_time" || part == "manual_time" ||
         absl::StartsWith(part, "repeats:") || absl::StartsWith(part, "threads:");
}

}  // namespace

std::string ExactFilter(absl::string_view name) { return absl::StrCat("^", Escaped(name), "$"); }

std::string FilterOfAnyIterations(absl::string_view name) {
  size_t end = name.size();
  while (true) {
    const size_t slash = name.substr(0, end).rfind('/');
    if (slash == absl::string_view::npos) break;
    if (!FollowsIterations(name.substr(slash + 1, end - slash - 1))) break;
    end = slash;
  }
  return absl::StrCat("^", Escaped(name.substr(0, end)), "(/iterations:[0-9]+)?",
                      Escaped(name.substr(end)), "$");
}

bool FixesItsLength(absl::string_view name) {
  return absl::StrContains(name, "/iterations:") || absl::StrContains(name, "/min_time:");
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

}  // namespace loadline::run
