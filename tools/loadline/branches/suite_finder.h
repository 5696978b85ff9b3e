#ifndef TOOLS_LOADLINE_BRANCHES_SUITE_FINDER_H_
#define TOOLS_LOADLINE_BRANCHES_SUITE_FINDER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadline::branches {

// An executable that a CMake project can build.
struct Executable {
  std::string target;
  std::string path;              // of the program, once it is built
  bool links_benchmark = false;  // with Google Benchmark's library
};

// Asks CMake to describe the project in `build_dir` (cmake-file-api(7), codemodel-v2) when it
// configures it the next time. The folder is made.
absl::Status AskForCodemodel(const std::string& build_dir);

// The executables of the description, by target's name; of several configurations that of
// `configuration`, or the first. kFailedPrecondition when there is no description that can be read.
absl::StatusOr<std::vector<Executable>> ReadExecutables(const std::string& build_dir,
                                                        absl::string_view configuration);

// The benchmark program: `target` where it is not empty, else the only one that links Google
// Benchmark. kInvalidArgument: there is none, or there are several, which the message lists.
absl::StatusOr<Executable> ChooseSuite(const std::vector<Executable>& executables,
                                       const std::string& target);

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_SUITE_FINDER_H_
