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

}  // namespace

std::string ExactFilter(absl::string_view name) { return absl::StrCat("^", Escaped(name), "$"); }

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
