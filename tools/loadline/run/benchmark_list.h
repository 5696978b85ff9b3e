#ifndef TOOLS_LOADLINE_RUN_BENCHMARK_LIST_H_
#define TOOLS_LOADLINE_RUN_BENCHMARK_LIST_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::run {

// What a program answers to --benchmark_list_tests with this --benchmark_filter.
using AskForList = std::function<absl::StatusOr<ChildOutcome>(const std::string& filter)>;

// The names in `list`, an answer of a program that ended well: in its order, each as often as the
// program has a benchmark of that name. What the program prints beside its list is none of them:
// lines that are there too when it has nothing to list; and, before and after the names, lines that
// change from start to start, which the program says are no benchmark when it is asked for them. A
// program that prints nothing else is asked once. kInvalidArgument when the list cannot be told
// from what stands before it on the same line.
absl::StatusOr<std::vector<std::string>> NamesIn(const ChildOutcome& list, const AskForList& ask);

// Whether the program itself says that no benchmark matches its filter: Google Benchmark does, and
// ends as if all were well.
bool SaysNoneMatches(const ChildOutcome& outcome);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_BENCHMARK_LIST_H_
