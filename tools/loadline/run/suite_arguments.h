#ifndef TOOLS_LOADLINE_RUN_SUITE_ARGUMENTS_H_
#define TOOLS_LOADLINE_RUN_SUITE_ARGUMENTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace loadline::run {

// kInvalidArgument where the user's arguments have a flag of Google Benchmark that must be ours, or
// nothing could be measured: what is listed and run, where results go and in what form.
absl::Status CheckSuiteArguments(const std::vector<std::string>& arguments);

// What a Google Benchmark program is started with: the user's arguments first, because a program
// may look for its own at their places, then `flags`, without those that the user has set.
// REQUIRES: CheckSuiteArguments(arguments).ok().
std::vector<std::string> SuiteCommandLine(const std::string& program,
                                          const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& flags);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_SUITE_ARGUMENTS_H_
