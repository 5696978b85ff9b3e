#ifndef TOOLS_LOADLINE_RUN_BENCHMARK_NAME_H_
#define TOOLS_LOADLINE_RUN_BENCHMARK_NAME_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadline::run {

// What can be told from the names that --benchmark_list_tests prints:
// "NAME/args/min_time:X/iterations:N/repeats:N/process_time/real_time/threads:N".

// A regular expression that matches `name` and nothing else, in every grammar that a program may
// have been built with: POSIX extended or ECMAScript, of a C or of a C++ library.
std::string ExactFilter(absl::string_view name);

// kInvalidArgument for a name that no table, policy or filter can hold: control characters, bytes
// that are no UTF-8.
absl::Status CheckName(absl::string_view name);

// 1 where the name says none.
int64_t ThreadsOf(absl::string_view name);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_BENCHMARK_NAME_H_
