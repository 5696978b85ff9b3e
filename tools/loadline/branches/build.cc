#include "tools/loadline/branches/build.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::branches {
namespace {

constexpr char kConfiguration[] = "Release";
constexpr double kListSeconds = 60;

// Whether a program can be found on the PATH.
bool IsThere(const LoggedRun& run, const std::string& program) {
  return run.Ask("looking for a program", {"sh", "-c", "command -v \"$1\"", "sh", program}).ok();
}

}  // namespace

// By the environment, not the command line, so that a preset's own launcher counts. With the folder
// as base, what is the same on both sides is compiled once.
Build::Build(std::string name, std::string dir, LoggedRun& run)
    : name_(std::move(name)), dir_(std::move(dir)), run_(&run) {
  if (!IsThere(run, "ccache")) return;
  run.Default("CMAKE_C_COMPILER_LAUNCHER", "ccache");
  run.Default("CMAKE_CXX_COMPILER_LAUNCHER", "ccache");
  run.Default("CCACHE_BASEDIR", dir_);
  run.Default("CCACHE_NOHASHDIR", "1");
}

absl::StatusOr<std::vector<Executable>> Build::Configure(const BuildOptions& options) const {
  const std::string source = absl::StrCat(dir_, "/src");
  const std::string build = absl::StrCat(dir_, "/build");
  if (::access(absl::StrCat(source, "/CMakeLists.txt").c_str(), F_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("configuring ", name_, ": there is no CMakeLists.txt at its top"));
  }
  LOADLINE_RETURN_IF_ERROR(AskForCodemodel(build));
  std::vector<std::string> words = {"cmake", "-S", source, "-B", build};
  if (options.preset.empty()) {
    words.push_back(absl::StrCat("-DCMAKE_BUILD_TYPE=", kConfiguration));
  } else {
    words.insert(words.end(), {"--preset", options.preset});
  }
  words.insert(words.end(), options.configure_args.begin(), options.configure_args.end());
  LOADLINE_RETURN_IF_ERROR(run_->Run(absl::StrCat("configuring ", name_), std::move(words)));
  return ReadExecutables(build, kConfiguration);
}

absl::Status Build::Make(const std::string& target) const {
  const unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  return run_->Run(absl::StrCat("building ", results::EscapeUnprintable(target), " of ", name_),
                   {"cmake", "--build", absl::StrCat(dir_, "/build"), "--config", kConfiguration,
                    "--target", target, "--parallel", absl::StrCat(jobs)});
}

absl::Status CheckIsSuite(const Executable& suite) {
  run::ChildOptions child;
  child.arguments = {suite.path, "--benchmark_list_tests=true"};
  child.time_limit_seconds = kListSeconds;
  LOADLINE_ASSIGN_OR_RETURN(const run::ChildOutcome outcome, run::RunChild(child));
  const std::string target = results::Quoted(suite.target);
  if (outcome.end == run::ChildOutcome::End::kInterrupted) {
    return absl::CancelledError(absl::StrCat("listing the benchmarks of ", target));
  }
  if (!outcome.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("listing the benchmarks of ", target, ": ",
                     results::EscapeUnprintable(run::Describe(outcome, kListSeconds)),
                     ": is it a Google Benchmark program?"));
  }
  if (!outcome.out.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(target, " has no benchmarks: is it a Google Benchmark program?"));
}

}  // namespace loadline::branches
