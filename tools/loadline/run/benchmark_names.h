#ifndef TOOLS_LOADLINE_RUN_BENCHMARK_NAMES_H_
#define TOOLS_LOADLINE_RUN_BENCHMARK_NAMES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::run {

// The names that --benchmark_list_tests prints:
// "NAME/args/min_time:X/iterations:N/repeats:N/process_time/real_time/threads:N".

// A regular expression that matches `name` and nothing else, in every grammar that a program may
// have been built with: POSIX extended or ECMAScript, of a C or of a C++ library.
std::string ExactFilter(absl::string_view name);

// kInvalidArgument for a name that no table, policy or filter can hold: control characters, bytes
// that are no UTF-8.
absl::Status CheckName(absl::string_view name);

// 1 where the name says none.
int64_t ThreadsOf(absl::string_view name);

// What a program answers to --benchmark_list_tests with this --benchmark_filter.
using AskForList = std::function<absl::StatusOr<ChildOutcome>(const std::string& filter)>;

// The names in `list`, an answer of a program that ended well: in its order, each as often as the
// program has a benchmark of that name. Left out are lines that are there too when it has nothing
// to list and, before and after the names, lines that change from start to start, which the program
// says are no benchmark when it is asked for them. kInvalidArgument when the list cannot be told
// from what stands before it on the same line.
absl::StatusOr<std::vector<std::string>> NamesIn(const ChildOutcome& list, const AskForList& ask);

// Google Benchmark says that no benchmark matches its filter, and ends as if all were well.
bool SaysNoneMatches(const ChildOutcome& outcome);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_BENCHMARK_NAMES_H_
