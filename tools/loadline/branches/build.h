#ifndef TOOLS_LOADLINE_BRANCHES_BUILD_H_
#define TOOLS_LOADLINE_BRANCHES_BUILD_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/loadline/branches/logged_run.h"
#include "tools/loadline/branches/suite_finder.h"

namespace loadline::branches {

struct BuildOptions {
  std::string source_dir;                   // as of ProjectFolder
  std::string preset;                       // of the project's CMakePresets.json; empty: Release
  std::vector<std::string> configure_args;  // handed to cmake, last
};

// A CMake project in a folder of its own, built beside it. A plain value; errors as of LoggedRun.
class Build {
 public:
  // `name` is for messages: "base (v1.2)". The project is `dir`/src; `dir`/build is made. `run` is
  // this build's own and must outlive it: it gets the generator whose program is there, Ninja
  // first, for whom nobody names another, and the compilers' cache, where there is one.
  Build(std::string name, std::string dir, LoggedRun& run);

  // Returns the project's executables.
  absl::StatusOr<std::vector<Executable>> Configure(const BuildOptions& options) const;

  absl::Status Make(const std::string& target) const;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::string dir_;
  const LoggedRun* run_;
  bool has_build_tool_ = false;
};

// kFailedPrecondition unless the program can be asked for its benchmarks, and has some.
absl::Status CheckIsSuite(const Executable& suite);

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_BUILD_H_
