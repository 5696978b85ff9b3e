#ifndef TOOLS_LOADLINE_BRANCHES_CMAKE_PROJECT_H_
#define TOOLS_LOADLINE_BRANCHES_CMAKE_PROJECT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/branches/logged_run.h"

namespace loadline::branches {

// The folder of the CMake project in a checkout: `within`, which is relative to `checkout`, or the
// checkout itself where that is empty. kInvalidArgument when it leads out of the checkout, by
// whatever links, or has no CMakeLists.txt: the message then names the uppermost folders that have.
absl::StatusOr<std::string> ProjectFolder(const std::string& checkout, const std::string& within);

// An executable that a CMake project can build.
struct Executable {
  std::string target;
  std::string path;              // of the program, once it is built
  bool links_benchmark = false;  // with Google Benchmark's library
};

// The executables of CMake's description of the project (cmake-file-api(7)), by target's name; of
// several configurations that of `configuration`, or the first. kFailedPrecondition when there is
// no description that can be read.
absl::StatusOr<std::vector<Executable>> ReadExecutables(const std::string& build_dir,
                                                        absl::string_view configuration);

// The benchmark program: `target` where it is not empty, else the only one that links Google
// Benchmark. kInvalidArgument: there is none, or there are several, which the message lists.
absl::StatusOr<Executable> ChooseSuite(const std::vector<Executable>& executables,
                                       const std::string& target);

struct BuildOptions {
  std::string source_dir;                   // as of ProjectFolder
  std::string preset;                       // of the project's CMakePresets.json; empty: Release
  std::vector<std::string> configure_args;  // handed to cmake, last
};

// A CMake project in `dir`/src is built in `dir`/build. `name` is for messages: "base (v1.2)".
// Errors as of LoggedRun.

// Returns the project's executables. `run`, which is this build's own, gets the generator whose
// program is there, Ninja first, for whom nobody names another, and the compilers' cache, where
// there is one.
absl::StatusOr<std::vector<Executable>> Configure(const std::string& name, const std::string& dir,
                                                  const BuildOptions& options, LoggedRun& run);

// After Configure(), with its `run`. kFailedPrecondition also unless the program can be asked for
// its benchmarks, and has some.
absl::Status Make(const std::string& name, const std::string& dir, const Executable& suite,
                  const LoggedRun& run);

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_CMAKE_PROJECT_H_
