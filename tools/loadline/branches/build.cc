#include "tools/loadline/branches/build.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/branches/project_folder.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::branches {
namespace {

constexpr char kConfiguration[] = "Release";
constexpr double kListSeconds = 60;

struct Generator {
  const char* name;
  std::vector<std::string> programs;  // as CMake looks for them
};

// Whether one of the programs can be found on the PATH.
bool IsThere(const LoggedRun& run, const std::vector<std::string>& programs) {
  std::vector<std::string> words = {
      "/bin/sh", "-c", R"(for name; do command -v "$name" && exit; done; exit 1)", "sh"};
  words.insert(words.end(), programs.begin(), programs.end());
  return run.Ask("looking for a program", std::move(words)).ok();
}

// CMake itself takes Unix Makefiles, whether or not there is a make.
const char* GeneratorThatIsThere(const LoggedRun& run) {
  const Generator generators[] = {{"Ninja", {"ninja-build", "ninja", "samu"}},
                                  {"Unix Makefiles", {"gmake", "make", "smake"}}};
  for (const Generator& generator : generators) {
    if (IsThere(run, generator.programs)) return generator.name;
  }
  return nullptr;
}

}  // namespace

// By the environment, not the command line, so that what a preset or the user says counts. With the
// folder as base, what is the same on both sides is compiled once.
Build::Build(std::string name, std::string dir, LoggedRun& run)
    : name_(std::move(name)), dir_(std::move(dir)), run_(&run) {
  const char* const generator = GeneratorThatIsThere(run);
  has_build_tool_ = generator != nullptr;
  if (has_build_tool_) run.Default("CMAKE_GENERATOR", generator);
  if (!IsThere(run, {"ccache"})) return;
  run.Default("CMAKE_C_COMPILER_LAUNCHER", "ccache");
  run.Default("CMAKE_CXX_COMPILER_LAUNCHER", "ccache");
  run.Default("CCACHE_BASEDIR", dir_);
  run.Default("CCACHE_NOHASHDIR", "1");
}

absl::StatusOr<std::vector<Executable>> Build::Configure(const BuildOptions& options) const {
  const std::string what = absl::StrCat("configuring ", name_);
  const std::string build = absl::StrCat(dir_, "/build");
  const auto source = ProjectFolder(absl::StrCat(dir_, "/src"), options.source_dir);
  if (!source.ok()) {
    return absl::Status(source.status().code(),
                        absl::StrCat(what, ": ", source.status().message()));
  }
  LOADLINE_RETURN_IF_ERROR(AskForCodemodel(build));
  std::vector<std::string> words = {"cmake", "-S", *source, "-B", build};
  if (options.preset.empty()) {
    words.push_back(absl::StrCat("-DCMAKE_BUILD_TYPE=", kConfiguration));
  } else {
    words.insert(words.end(), {"--preset", options.preset});
  }
  words.insert(words.end(), options.configure_args.begin(), options.configure_args.end());
  const absl::Status configured = run_->Run(what, std::move(words));
  if (absl::IsFailedPrecondition(configured) && !has_build_tool_) {
    return absl::FailedPreconditionError(
        absl::StrCat(configured.message(), "\nNeither ninja nor make is on the PATH: install one"));
  }
  LOADLINE_RETURN_IF_ERROR(configured);
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
