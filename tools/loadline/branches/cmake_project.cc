#include "tools/loadline/branches/cmake_project.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::branches {
namespace {

namespace fs = std::filesystem;
using rapidjson::Value;
using results::Quoted;

constexpr char kApi[] = "/.cmake/api/v1/";
constexpr size_t kMostNamed = 20;
constexpr char kConfiguration[] = "Release";
constexpr double kListSeconds = 60;

bool HasProject(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "CMakeLists.txt", error);
}

bool IsWithin(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  const fs::path inside =
      fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(folder, error));
  return !inside.empty() && *inside.begin() != "..";
}

// What lies below a project is mostly part of it.
std::vector<std::string> UppermostProjects(const fs::path& checkout) {
  std::vector<std::string> folders;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(checkout, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_directory(error)) continue;
    const bool project = HasProject(entry->path());
    if (project) folders.push_back(entry->path().lexically_relative(checkout).string());
    if (project || entry->path().filename() == ".git") entry.disable_recursion_pending();
  }
  absl::c_sort(folders);
  if (HasProject(checkout)) folders.insert(folders.begin(), ".");
  return folders;
}

// For messages: printable, with commas between them; of many the first.
std::string NameList(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  const size_t named = std::min(names.size(), kMostNamed);
  const std::string list =
      results::EscapeUnprintable(absl::StrJoin(names.begin(), names.begin() + named, ", "));
  return named == names.size() ? list : absl::StrCat(list, ", and ", names.size() - named, " more");
}

std::string NameList(const std::vector<Executable>& executables) {
  std::vector<std::string> names;
  for (const Executable& executable : executables) names.push_back(executable.target);
  return NameList(names);
}

const Value& Null() {
  static const Value null;
  return null;
}
// The member, or a null value: absent and of another kind are the same here.
const Value& At(const Value& object, const char* name) {
  if (!object.IsObject()) return Null();
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? Null() : found->value;
}
absl::string_view Text(const Value& object, const char* name) {
  const Value& value = At(object, name);
  return value.IsString() ? absl::string_view(value.GetString(), value.GetStringLength())
                          : absl::string_view();
}
absl::Span<const Value> Items(const Value& array) {
  return array.IsArray() ? absl::MakeSpan(array.Begin(), array.End()) : absl::Span<const Value>();
}

absl::StatusOr<rapidjson::Document> ReadJson(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (!document.HasParseError()) return document;
  return absl::FailedPreconditionError(
      absl::StrCat("CMake's description of the project, ", Quoted(path), ", is no JSON"));
}

// The name of the newest reply of this kind: names sort by their time.
std::string NewestFile(const std::string& dir, absl::string_view prefix) {
  std::string newest;
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (absl::StartsWith(name, prefix)) newest = std::max(newest, name);
  }
  return newest;
}

bool IsBenchmarkLibrary(absl::string_view fragment) {
  if (absl::StartsWith(fragment, "-lbenchmark")) return true;
  fragment.remove_prefix(std::min(fragment.size(), fragment.find_last_of("/\\") + 1));
  absl::ConsumePrefix(&fragment, "lib");
  if (!absl::ConsumePrefix(&fragment, "benchmark")) return false;
  absl::ConsumePrefix(&fragment, "_main");
  absl::ConsumePrefix(&fragment, "d");
  return absl::StartsWith(fragment, ".");
}

bool LinksBenchmark(const Value& target) {
  return absl::c_any_of(Items(At(At(target, "link"), "commandFragments")), [](const Value& part) {
    return Text(part, "role") == "libraries" && IsBenchmarkLibrary(Text(part, "fragment"));
  });
}

// Relative to the build's folder; empty where the target is no executable.
fs::path ProgramOf(const Value& target) {
  if (Text(target, "type") != "EXECUTABLE") return {};
  for (const Value& artifact : Items(At(target, "artifacts"))) {
    const fs::path file = std::string(Text(artifact, "path"));
    // A program can have debug symbols beside it.
    if (file.filename() == std::string(Text(target, "nameOnDisk"))) return file;
  }
  return {};
}

const Value& ConfigurationOf(const Value& codemodel, absl::string_view name) {
  const absl::Span<const Value> all = Items(At(codemodel, "configurations"));
  const auto named = absl::c_find_if(all, [&](const Value& v) { return Text(v, "name") == name; });
  if (named != all.end()) return *named;
  return all.empty() ? Null() : all.front();
}

// Asks CMake to describe the project (cmake-file-api(7), codemodel-v2) when it configures it the
// next time. The folder is made.
absl::Status AskForCodemodel(const std::string& build_dir) {
  const std::string dir = absl::StrCat(build_dir, kApi, "query");
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("making ", dir));
  std::ofstream query(absl::StrCat(dir, "/codemodel-v2"));
  if (query.good()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("writing ", dir, "/codemodel-v2"));
}

// Whether one of the programs can be found on the PATH.
bool IsThere(const LoggedRun& run, const std::vector<std::string>& programs) {
  std::vector<std::string> words = {
      "/bin/sh", "-c", R"(for name; do command -v "$name" && exit; done; exit 1)", "sh"};
  words.insert(words.end(), programs.begin(), programs.end());
  return run.Ask("looking for a program", std::move(words)).ok();
}

// By the environment, not the command line, so that what a preset or the user says counts. With the
// folder as base, what is the same on both sides is compiled once. False where there is no program
// to build with: CMake itself takes Unix Makefiles, whether or not there is a make.
bool SetDefaults(const std::string& dir, LoggedRun& run) {
  const bool ninja = IsThere(run, {"ninja-build", "ninja", "samu"});  // as CMake looks for them
  const bool any = ninja || IsThere(run, {"gmake", "make", "smake"});
  if (any) run.Default("CMAKE_GENERATOR", ninja ? "Ninja" : "Unix Makefiles");
  if (IsThere(run, {"ccache"})) {
    run.Default("CMAKE_C_COMPILER_LAUNCHER", "ccache");
    run.Default("CMAKE_CXX_COMPILER_LAUNCHER", "ccache");
    run.Default("CCACHE_BASEDIR", dir);
    run.Default("CCACHE_NOHASHDIR", "1");
  }
  return any;
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
  if (outcome.ok() && !outcome.out.empty()) return absl::OkStatus();
  const std::string wrong =
      outcome.ok() ? absl::StrCat(target, " has no benchmarks")
                   : absl::StrCat("listing the benchmarks of ", target, ": ",
                                  results::EscapeUnprintable(run::Describe(outcome, kListSeconds)));
  return absl::FailedPreconditionError(absl::StrCat(wrong, ": is it a Google Benchmark program?"));
}

}  // namespace

absl::StatusOr<std::string> ProjectFolder(const std::string& checkout, const std::string& within) {
  const fs::path folder = within.empty() ? fs::path(checkout) : fs::path(checkout) / within;
  if (!IsWithin(folder, checkout)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the folder ", Quoted(within),
                     " is outside the repository: want one that is relative to its top"));
  }
  if (HasProject(folder)) return folder.string();
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no CMakeLists.txt ",
      within.empty() ? "at its top" : absl::StrCat("in its folder ", Quoted(within)),
      "; say with --source-dir which folder is the project; those with a CMakeLists.txt: ",
      NameList(UppermostProjects(checkout))));
}

absl::StatusOr<std::vector<Executable>> ReadExecutables(const std::string& build_dir,
                                                        absl::string_view configuration) {
  const std::string dir = absl::StrCat(build_dir, kApi, "reply/");
  const std::string codemodel_file = NewestFile(dir, "codemodel-v2-");
  if (codemodel_file.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("CMake has not described the project in ",
                                                      dir, ": its version must be 3.14 or newer"));
  }
  LOADLINE_ASSIGN_OR_RETURN(const rapidjson::Document codemodel, ReadJson(dir + codemodel_file));
  std::vector<Executable> executables;
  for (const Value& entry : Items(At(ConfigurationOf(codemodel, configuration), "targets"))) {
    const std::string file(Text(entry, "jsonFile"));
    // Of the description itself: it leads nowhere else.
    if (file.empty() || absl::StrContains(file, '/')) continue;
    LOADLINE_ASSIGN_OR_RETURN(const rapidjson::Document target, ReadJson(dir + file));
    const fs::path program = ProgramOf(target);
    if (program.empty()) continue;
    executables.push_back({std::string(Text(target, "name")),
                           (fs::path(build_dir) / program).string(), LinksBenchmark(target)});
  }
  absl::c_sort(executables,
               [](const Executable& a, const Executable& b) { return a.target < b.target; });
  return executables;
}

absl::StatusOr<Executable> ChooseSuite(const std::vector<Executable>& executables,
                                       const std::string& target) {
  std::vector<Executable> suites;
  absl::c_copy_if(executables, std::back_inserter(suites), [&](const Executable& executable) {
    return target.empty() ? executable.links_benchmark : executable.target == target;
  });
  if (suites.size() == 1) return suites.front();
  const bool several = target.empty() && !suites.empty();
  const std::string wrong =
      several ? absl::StrCat(suites.size(),
                             " executables link Google Benchmark: say which with --target")
      : target.empty()
          ? "no executable links Google Benchmark: name the benchmark program with --target"
          : absl::StrCat("no executable is called ", Quoted(target));
  return absl::InvalidArgumentError(
      absl::StrCat(wrong, "; there are: ", NameList(several ? suites : executables)));
}

absl::StatusOr<std::vector<Executable>> Configure(const std::string& name, const std::string& dir,
                                                  const BuildOptions& options, LoggedRun& run) {
  const bool has_build_tool = SetDefaults(dir, run);
  const std::string what = absl::StrCat("configuring ", name);
  const std::string build = absl::StrCat(dir, "/build");
  const auto source = ProjectFolder(absl::StrCat(dir, "/src"), options.source_dir);
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
  const absl::Status configured = run.Run(what, std::move(words));
  if (absl::IsFailedPrecondition(configured) && !has_build_tool) {
    return absl::FailedPreconditionError(
        absl::StrCat(configured.message(), "\nNeither ninja nor make is on the PATH: install one"));
  }
  LOADLINE_RETURN_IF_ERROR(configured);
  return ReadExecutables(build, kConfiguration);
}

absl::Status Make(const std::string& name, const std::string& dir, const Executable& suite,
                  const LoggedRun& run) {
  const unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  LOADLINE_RETURN_IF_ERROR(
      run.Run(absl::StrCat("building ", results::EscapeUnprintable(suite.target), " of ", name),
              {"cmake", "--build", absl::StrCat(dir, "/build"), "--config", kConfiguration,
               "--target", suite.target, "--parallel", absl::StrCat(jobs)}));
  return CheckIsSuite(suite);
}

}  // namespace loadline::branches
