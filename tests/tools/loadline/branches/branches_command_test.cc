// Builds two commits of a tiny project with a real compiler, once, and asks many questions of that;
// what goes wrong before a compiler runs is asked by itself.

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/tools/loadline/branches/throwaway_repository.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/parse_flags.h"

namespace loadline::branches {
namespace {

using ::loadline::testing::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kProject[] = R"(cmake_minimum_required(VERSION 3.20)
project(throwaway CXX)
find_package(benchmark REQUIRED)
add_executable(app app.cc)
add_executable(speed speed.cc)
target_link_libraries(speed benchmark::benchmark)
)";
constexpr char kSpeed[] = R"(#include <benchmark/benchmark.h>
static void NAME(benchmark::State& state) { for (auto _ : state) benchmark::ClobberMemory(); }
BENCHMARK(NAME);
BENCHMARK_MAIN();
)";

std::string SpeedOf(const std::string& name) {
  std::string text = kSpeed;
  for (size_t at; (at = text.find("NAME")) != std::string::npos;) text.replace(at, 4, name);
  return text;
}

// Plays duet: lists what both programs are, and their benchmarks, to `out`; its exit code is 3.
class FakeDuet : public cli::Command {
 public:
  cli::Usage Describe() override {
    return {"duet",
            "",
            {{"--base", cli::Text("BIN", &base_), "", cli::kRequired},
             {"--new", cli::Text("BIN", &candidate_), "", cli::kRequired},
             {"--filter", cli::Text("RE", &filter_), ""},
             {"--budget", cli::Seconds(&budget_, 1), ""},
             {"--all", cli::Switch(&all_), ""}},
            ""};
  }
  absl::StatusOr<results::ExitCode> Run(const cli::Terminal& terminal) override {
    for (const std::string& program : {base_, candidate_}) {
      const TempDir dir;
      const std::string list = dir.Path("list");
      const std::string command = "'" + program + "' --benchmark_list_tests >'" + list + "'";
      EXPECT_EQ(std::system(command.c_str()), 0);
      terminal.out << program << "\n" << dir.ReadFile("list");
    }
    terminal.out << "filter " << filter_ << " budget " << budget_ << " all " << all_ << "\n";
    return results::ExitCode::kInconclusive;
  }

 private:
  std::string base_, candidate_, filter_;
  double budget_ = 0;
  bool all_ = false;
};

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

Outcome Branches(const std::vector<std::string>& words) {
  const auto command = cli::MakeBranchesCommand(
      []() -> std::unique_ptr<cli::Command> { return std::make_unique<FakeDuet>(); });
  EXPECT_TRUE(cli::ParseFlags(command->Describe(), words).ok());
  std::ostringstream out, err;
  const auto code = cli::RunAndSay(*command, "branches", {.out = out, .err = err});
  return {static_cast<int>(code), out.str(), err.str()};
}

// Whether there is nothing in a folder: everything that is made for a comparison is below TMPDIR.
bool IsEmptyFolder(const TempDir& dir) {
  return std::filesystem::directory_iterator(dir.path()) == std::filesystem::directory_iterator();
}

// TMPDIR is a folder of its own while it lives.
class OwnTmpdir {
 public:
  OwnTmpdir() { ::setenv("TMPDIR", dir_.path().c_str(), 1); }
  ~OwnTmpdir() {
    if (before_.empty()) {
      ::unsetenv("TMPDIR");
    } else {
      ::setenv("TMPDIR", before_.c_str(), 1);
    }
  }
  const TempDir& dir() const { return dir_; }

 private:
  const std::string before_ = ::getenv("TMPDIR") == nullptr ? "" : ::getenv("TMPDIR");
  const TempDir dir_;
};

class BranchesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!HasGit()) return;
    user_ = std::make_unique<ThrowawayRepository>();
    user_->Write("CMakeLists.txt", kProject);
    user_->Write("CMakePresets.json",
                 R"({"version": 3, "configurePresets": [{"name": "quick",
                    "binaryDir": "${sourceDir}/elsewhere"}]})");
    user_->Write("app.cc", "int main() {}\n");
    user_->Write("speed.cc", SpeedOf("Old"));
    user_->Commit("old");
    user_->Write("speed.cc", SpeedOf("New"));
    user_->Commit("new");
    user_->Write("the part/CMakeLists.txt", kProject);
    user_->Write("the part/app.cc", "int main() {}\n");
    user_->Write("the part/speed.cc", SpeedOf("OfThePart"));
    user_->Commit("with_part");
    user_->Write("speed.cc", "#error planted \x1b[31m\n");
    user_->Commit("broken");
    user_->Write("CMakeLists.txt", "no_such_command()\n");
    user_->Commit("unconfigurable");
    user_->Write("CMakeLists.txt", std::string(kProject) +
                                       "add_executable(more speed.cc)\n"
                                       "target_link_libraries(more benchmark::benchmark)\n");
    user_->Commit("two_suites");
    user_->Git("rm -q CMakeLists.txt");
    user_->Commit("no_project");
    user_->Write("app.cc", "int in_hand;\n");
  }
  static void TearDownTestSuite() { user_.reset(); }
  void SetUp() override {
    if (!HasGit()) GTEST_SKIP() << "needs git";
    before_ = user_->Everything();
  }
  // Whatever happened.
  void TearDown() override {
    if (!HasGit()) return;
    EXPECT_EQ(user_->Everything(), before_);
    EXPECT_TRUE(IsEmptyFolder(tmpdir_.dir()));
  }

  static Outcome Run(const std::string& base, const std::string& candidate,
                     const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--repo", user_->path(), "--base", base, "--new", candidate};
    words.insert(words.end(), more.begin(), more.end());
    return Branches(words);
  }

  static std::unique_ptr<ThrowawayRepository> user_;
  const OwnTmpdir tmpdir_;
  std::map<std::string, std::string> before_;
};
std::unique_ptr<ThrowawayRepository> BranchesTest::user_;

TEST_F(BranchesTest, RunsDuetOnBothProgramsAndSaysWhatTheyAre) {
  const Outcome outcome =
      Run("old", "new", {"--filter", "^(Old|New)$", "--budget", "2", "--", "--all"});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  const std::vector<std::string> lines = absl::StrSplit(outcome.out, '\n');
  ASSERT_EQ(lines.size(), 6u) << outcome.out << outcome.err;
  EXPECT_EQ(lines[1], "Old");
  EXPECT_EQ(lines[3], "New");
  EXPECT_EQ(lines[0].size(), lines[2].size());
  EXPECT_EQ(lines[4], "filter ^(Old|New)$ budget 2 all 1");
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("base (old): "), HasSubstr("Commit old"),
                                 HasSubstr("uncommitted changes")));
}

TEST_F(BranchesTest, BuildsWithAPresetAndSaysThatOneCommitIsAA) {
  const Outcome outcome =
      Run("new", "new~0",
          {"--preset", "quick", "--target", "speed", "--configure-arg=-DCMAKE_BUILD_TYPE=None"});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("A/A"));
}

TEST_F(BranchesTest, BuildsAProjectInAFolderOfTheRepositoryWhateverFolderOfItIsNamed) {
  const Outcome outcome =
      Branches({"--repo", user_->path() + "/the part", "--source-dir", "the part", "--base",
                "with_part", "--new", "with_part", "--filter", "."});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("OfThePart"));
}

TEST_F(BranchesTest, ShowsWhatTheCompilerSaidLast) {
  const Outcome outcome = Run("broken", "new");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("building speed of base (broken): exit code "),
                                 HasSubstr("planted"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(outcome.out, IsEmpty());
}

TEST_F(BranchesTest, ShowsWhatCMakeSaidLast) {
  const Outcome outcome = Run("unconfigurable", "new");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("configuring base (unconfigurable)"), HasSubstr("no_such_command")));
}

TEST_F(BranchesTest, NamesThePresetsAndTheGenerators) {
  const Outcome preset = Run("old", "new", {"--preset", "no_such"});
  EXPECT_EQ(preset.code, 2);
  EXPECT_THAT(preset.err, HasSubstr("\"quick\""));
  const Outcome generator = Run("old", "new", {"--configure-arg=-GNo such"});
  EXPECT_EQ(generator.code, 2);
  EXPECT_THAT(generator.err, AllOf(HasSubstr("No such"), HasSubstr("Unix Makefiles")));
}

TEST_F(BranchesTest, AsksWhichProgramWhereThereAreSeveral) {
  const Outcome outcome = Run("two_suites", "new");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("--target"), HasSubstr("more, speed")));
}

TEST_F(BranchesTest, NamesASideWithoutTheProgramOrTheProject) {
  const Outcome program = Run("two_suites", "new", {"--target", "more"});
  EXPECT_EQ(program.code, 2);
  EXPECT_THAT(program.err, HasSubstr("new (new): no executable is called \"more\""));
  const Outcome project = Run("no_project", "new");
  EXPECT_EQ(project.code, 2);
  EXPECT_THAT(project.err,
              AllOf(HasSubstr("base (no_project): there is no CMakeLists.txt at its top"),
                    HasSubstr("--source-dir"), HasSubstr(": the part\n")));
}

TEST_F(BranchesTest, RefusesAProgramThatIsNoBenchmark) {
  const Outcome outcome = Run("old", "new", {"--target", "app"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("\"app\" has no benchmarks"));
}

TEST_F(BranchesTest, RefusesWhatIsWrongBeforeAnythingIsBuilt) {
  const Outcome flag = Run("old", "new", {"--", "--no-such-flag"});
  EXPECT_EQ(flag.code, 2);
  EXPECT_THAT(flag.err, AllOf(HasSubstr("no-such-flag"), Not(HasSubstr("Commit old"))));
  const Outcome ref = Run("old", "no_such");
  EXPECT_EQ(ref.code, 2);
  EXPECT_THAT(ref.err, HasSubstr("no commit is called \"no_such\""));
}

// A program found on the PATH before the real one.
class FakeProgram {
 public:
  FakeProgram(const std::string& name, const std::string& script) {
    ::chmod(dir_.WriteFile(name, "#!/bin/sh\n" + script).c_str(), 0700);
    ::setenv("PATH", (dir_.path() + ":" + before_).c_str(), 1);
  }
  ~FakeProgram() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  const std::string before_ = ::getenv("PATH");
  const TempDir dir_;
};

TEST_F(BranchesTest, SaysThatTheDiskIsFullAndWhereElseToGo) {
  const FakeProgram cmake("cmake", "echo 'x.o: No space left on device'; exit 1\n");
  const Outcome outcome = Run("old", "new");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("TMPDIR"));
}

TEST_F(BranchesTest, SaysThatCMakeIsMissing) {
  const FakeProgram cmake("cmake", "exit 127\n");
  const Outcome outcome = Run("old", "new");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("configuring base (old): exit code 127"));
}

bool Gone(const std::string& pid_text) {
  const pid_t pid = static_cast<pid_t>(std::stol(pid_text));
  for (int i = 0; i < 500; ++i) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    const bool zombie = std::getline(file, line) && line.find(") Z ") != std::string::npos;
    if (zombie || ::kill(pid, 0) != 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

bool WaitForFile(const std::string& path) {
  for (int i = 0; i < 3000 && ::access(path.c_str(), R_OK) != 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return ::access(path.c_str(), R_OK) == 0;
}

// The program is made by a step that takes for ever, under each generator: ninja puts what it
// starts into groups of its own.
class InterruptedBuild : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Generators, InterruptedBuild,
                         ::testing::Values("Unix Makefiles", "Ninja"));

TEST_P(InterruptedBuild, LeavesNoWorktreeAndNoProcess) {
  if (!HasGit()) GTEST_SKIP() << "needs git";
  const std::string program = std::string(GetParam()) == "Ninja" ? "ninja" : "make";
  if (std::system((program + " --version >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << "needs " << program;
  }
  const TempDir signs;
  const ThrowawayRepository user;
  user.Write("slow.sh", "cd '" + signs.path() + "'\necho $$ >pid\nmv pid hanging\nsleep 300\n");
  user.Write("speed.cc", "");
  user.Write("CMakeLists.txt", R"(cmake_minimum_required(VERSION 3.20)
project(slow CXX)
add_custom_command(OUTPUT made.cc COMMAND sh ${CMAKE_SOURCE_DIR}/slow.sh VERBATIM)
add_executable(speed speed.cc made.cc)
)");
  user.Commit("slow");
  const std::map<std::string, std::string> before = user.Everything();
  const OwnTmpdir tmpdir;
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(Branches({"--repo", user.path(), "--base", "slow", "--new", "slow", "--target", "speed",
                      "--configure-arg=-G" + std::string(GetParam())})
                .code);
  }
  EXPECT_TRUE(WaitForFile(signs.Path("hanging")));
  EXPECT_FALSE(IsEmptyFolder(tmpdir.dir()));
  ::kill(pid, SIGINT);
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 5);
  EXPECT_TRUE(Gone(signs.ReadFile("hanging")));
  EXPECT_EQ(user.Everything(), before);
  EXPECT_TRUE(IsEmptyFolder(tmpdir.dir()));
}

}  // namespace
}  // namespace loadline::branches
