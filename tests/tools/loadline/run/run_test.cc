// Runs programs that misbehave in every way known, and programs with known quantities in them.

#include "tools/loadline/run/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/sanitizer.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tests/tools/loadline/run/run_files.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline::run {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// Plays a Google Benchmark program: lists its benchmarks, and does what the one it is asked for
// says. $out is the file it should write.
constexpr char kFakeSuite[] = R"sh(
here=$(dirname "$0")
for word in "$@"; do
  case $word in
    --benchmark_list_tests=true) printf '%s\n' $names; exit 0 ;;
    --benchmark_out=*) out=${word#*=} ;;
    --benchmark_filter=*) name=${word#*=} ;;
  esac
done
name=${name#^}; name=${name%\$}
good() {
  printf '{"context":{"num_cpus":2},"benchmarks":[{"name":"%s","run_name":"%s","run_type":"iteration","iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns"%s}]}' "$name" "$name" "$1" >"$out"
}
echo "$name" >>"$here/ran"
case $name in
  Good) good ;;
  Crash) echo 'about to crash' >&2; kill -SEGV $$ ;;
  Hang) echo $$ >"$here/hanging"; sleep 300 ;;
  Exit3) printf 'esc \033[31m last words\n' >&2; exit 3 ;;
  Garbage) echo '{"context":' >"$out" ;;
  Silent) ;;
  Nan) good ',"c":NaN' ;;
  Loud) head -c 100000000 /dev/zero | tr '\0' x >&2; good ;;
  Leaves) sleep 300 & echo $! >"$here/left"; good ;;
  Moves) cd /; good ;;
esac
exit 0
)sh";

std::string FakeSuite(const TempDir& dir, const std::string& names) {
  const std::string path =
      dir.WriteFile("suite.sh", "#!/bin/sh\nnames='" + names + "'" + kFakeSuite);
  ::chmod(path.c_str(), 0700);
  return path;
}

// Reaped by init, if need be, a moment after it was killed.
bool Gone(const std::string& pid_text) {
  const pid_t pid = static_cast<pid_t>(std::stol(pid_text));
  for (int i = 0; i < 200; ++i) {
    if (::kill(pid, 0) != 0) return true;
    const std::string stat = "/proc/" + std::to_string(pid) + "/stat";
    std::ifstream file(stat);
    std::string line;
    if (!std::getline(file, line) || line.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

// A file is there before what is written to it.
bool WaitForText(const std::string& path) {
  for (int i = 0; i < 2000; ++i) {
    std::error_code error;
    if (const auto size = std::filesystem::file_size(path, error); !error && size > 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

class FakeSuiteRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = std::make_unique<TempDir>();
    const RunOptions options =
        Options(*dir_, FakeSuite(*dir_, "Good Crash Exit3 Garbage Silent Nan Loud Leaves Moves"));
    summary_ = std::make_unique<absl::StatusOr<RunSummary>>(run::Run(options, nullptr));
    file_ = std::make_unique<results::ResultFile>(ReadFile(*dir_));
  }
  static void TearDownTestSuite() {
    file_.reset();
    summary_.reset();
    dir_.reset();
  }
  static const results::Row& Row(const std::string& name) { return RowNamed(*file_, name); }

  static std::unique_ptr<TempDir> dir_;
  static std::unique_ptr<absl::StatusOr<RunSummary>> summary_;
  static std::unique_ptr<results::ResultFile> file_;
};
std::unique_ptr<TempDir> FakeSuiteRun::dir_;
std::unique_ptr<absl::StatusOr<RunSummary>> FakeSuiteRun::summary_;
std::unique_ptr<results::ResultFile> FakeSuiteRun::file_;

TEST_F(FakeSuiteRun, GivesEveryBenchmarkARowWhateverItDoes) {
  ASSERT_OK(summary_->status());
  EXPECT_EQ((*summary_)->rows, 9u);
  EXPECT_EQ((*summary_)->errors, 4u);
  EXPECT_FALSE((*summary_)->incomplete);
  EXPECT_THAT(file_->rows, SizeIs(9));
}

TEST_F(FakeSuiteRun, KeepsWhatIsWell) {
  for (const char* name : {"Good", "Nan", "Loud", "Leaves", "Moves"}) {
    EXPECT_TRUE(Row(name).measured()) << name;
  }
}

TEST_F(FakeSuiteRun, NamesTheSignalOfACrash) {
  EXPECT_THAT(Row("Crash").error_message, HasSubstr("signal 11"));
  EXPECT_THAT(Row("Crash").error_message, HasSubstr("about to crash"));
}

TEST_F(FakeSuiteRun, NamesTheExitCodeAndEscapesTheLastWords) {
  EXPECT_THAT(Row("Exit3").error_message, HasSubstr("exit code 3"));
  EXPECT_THAT(Row("Exit3").error_message, HasSubstr("\\x1b[31m last words"));
}

TEST_F(FakeSuiteRun, MakesAnUnreadableOrMissingResultAnError) {
  EXPECT_THAT(Row("Garbage").error_message, HasSubstr("no result"));
  EXPECT_THAT(Row("Silent").error_message, HasSubstr("no result"));
}

TEST_F(FakeSuiteRun, WritesStrictJsonWhateverTheBenchmarkCounts) {
  EXPECT_THAT(dir_->ReadFile("out.json"), Not(HasSubstr("NaN")));
}

TEST_F(FakeSuiteRun, LeavesNoGrandchildBehind) { EXPECT_TRUE(Gone(dir_->ReadFile("left"))); }

TEST(Run, KillsWhatDoesNotEnd) {
  const TempDir dir;
  RunOptions options = Options(dir, FakeSuite(dir, "Hang"));
  options.time_limit_seconds = 2;
  EXPECT_OK(run::Run(options, nullptr));
  EXPECT_THAT(RowNamed(ReadFile(dir), "Hang").error_message, HasSubstr("still running after 2 s"));
  EXPECT_TRUE(Gone(dir.ReadFile("hanging")));
}

TEST(Run, MeasuresPlantedMemoryWhateverTheOrderAndTheParentsSize) {
  if (::loadline::testing::kHasShadowMemory) GTEST_SKIP() << "memory figures include the sanitizer";
  constexpr double kHeld = 16 << 20;
  constexpr size_t kFat = size_t{300} << 20;
  std::unique_ptr<char[]> fat;
  for (const bool is_fat : {false, true}) {
    if (is_fat) {
      fat.reset(new char[kFat]);
      std::memset(fat.get(), 1, kFat);
    }
    for (const uint64_t seed : {1, 2, 3}) {
      const TempDir dir;
      RunOptions options = Options(dir, testing::TestPath("planted_bench"), "^Holds");
      options.seed = seed;
      options.repetitions = 3;
      ASSERT_OK(run::Run(options, nullptr));
      std::vector<double> held, nothing;
      for (const results::Row& row : ReadFile(dir).rows) {
        (row.name.find("16MiB") != std::string::npos ? held : nothing)
            .push_back(*row.Counter("rss_net_bytes"));
      }
      std::sort(held.begin(), held.end());
      std::sort(nothing.begin(), nothing.end());
      ASSERT_THAT(held, SizeIs(3));
      EXPECT_NEAR(held[1], kHeld, kHeld * 0.01) << "seed " << seed << " fat " << is_fat;
      EXPECT_NEAR(nothing[1], 0, kHeld * 0.01) << "seed " << seed << " fat " << is_fat;
    }
  }
}

TEST(Run, MeasuresAForeignProgramFromOutsideAndSaysSo) {
  if (::loadline::testing::kHasShadowMemory) GTEST_SKIP() << "memory figures include the sanitizer";
  const TempDir dir;
  ASSERT_OK(run::Run(Options(dir, testing::TestPath("foreign_bench")), nullptr));
  const results::ResultFile file = ReadFile(dir);
  EXPECT_THAT(file.ContextText("loadline.rss_source"), HasSubstr("outside"));
  EXPECT_TRUE(file.ContextText("loadline.schema").empty());
  const auto held = RowNamed(file, "Holds64MiB").Counter("rss_peak_bytes");
  ASSERT_TRUE(held.has_value());
  EXPECT_NEAR(*held, 64 << 20, 8 << 20);
}

TEST(Run, GivesEachRepetitionAProcessAndAnIndex) {
  const TempDir dir;
  RunOptions options = Options(dir, testing::TestPath("planted_bench"));
  options.filter = "^HoldsNothing";
  options.repetitions = 4;
  ASSERT_OK(run::Run(options, nullptr));
  const results::ResultFile file = ReadFile(dir);
  ASSERT_THAT(file.rows, SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(file.rows[i].repetition_index, i);
    EXPECT_EQ(file.rows[i].repetitions, 4);
    EXPECT_EQ(file.rows[i].Counter("rss_isolated"), 1);
  }
}

TEST(WhatRepetitionsTell, SaysWhatAComparisonCouldCall) {
  EXPECT_THAT(WhatRepetitionsTell(668, 1), HasSubstr("1 process of each of 668 benchmarks: enough "
                                                     "to check limits; to compare"));
  EXPECT_THAT(WhatRepetitionsTell(668, 6),
              HasSubstr("less than a factor of 1.5 takes --repetitions 9 or more"));
  const std::string ten = WhatRepetitionsTell(10, 10);
  EXPECT_THAT(ten, HasSubstr("10 processes of each of 10 benchmarks: a comparison with as many "
                             "calls +7.3 % REGRESSED"));
  EXPECT_THAT(ten, Not(HasSubstr("factor")));
}

TEST(Run, OrdersByTheSeedAlone) {
  const auto order = [](uint64_t seed) {
    const TempDir dir;
    RunOptions options = Options(dir, FakeSuite(dir, "A B C D E F G H I J"));
    options.seed = seed;
    EXPECT_OK(run::Run(options, nullptr));
    return dir.ReadFile("ran");
  };
  const std::string first = order(7);
  EXPECT_EQ(first, order(7));
  EXPECT_NE(first, order(8));
}

TEST(Run, RefusesWhatCannotBeRunOrListsNothing) {
  const TempDir dir;
  EXPECT_THAT(run::Run(Options(dir, dir.Path("missing")), nullptr),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("missing")));
  EXPECT_THAT(
      run::Run(Options(dir, testing::TestPath("planted_bench"), "^no such benchmark$"), nullptr),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("matches the filter \"^no such benchmark$\"")));
  EXPECT_THAT(run::Run(Options(dir, testing::TestPath("planted_bench"), "["), nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("filter \"[\": ")));
  EXPECT_THAT(run::Run(Options(dir, "/bin/false"), nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exit code 1")));
}

TEST(Run, RefusesArgumentsThatMustBeItsOwnBeforeAnythingIsStarted) {
  const TempDir dir;
  RunOptions options = Options(dir, FakeSuite(dir, "Good Hang"));
  options.suite_arguments = {"--benchmark_filter=Good"};
  EXPECT_THAT(run::Run(options, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--filter RE")));
  EXPECT_FALSE(std::filesystem::exists(dir.Path("ran")));
}

TEST(Run, RefusesToReplaceTheProgramThatItRuns) {
  const TempDir dir;
  RunOptions options = Options(dir, FakeSuite(dir, "Good Hang"));
  const std::string program = dir.ReadFile("suite.sh");
  std::filesystem::create_hard_link(options.suite, options.out);
  EXPECT_THAT(run::Run(options, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is an input")));
  EXPECT_EQ(dir.ReadFile("out.json"), program);
  EXPECT_FALSE(std::filesystem::exists(dir.Path("ran")));
}

// Somebody installs another program after the first process of the run.
TEST(Run, MixesNoTwoPrograms) {
  const TempDir dir;
  RunOptions options = Options(dir, FakeSuite(dir, "Good Hang"), "x");
  dir.WriteFile("next.sh", dir.ReadFile("suite.sh") + "# another one\n");
  ::chmod(dir.Path("next.sh").c_str(), 0700);
  options.suite = dir.WriteFile("replaces.sh", R"sh(#!/bin/sh
here=$(dirname "$0")
for word in "$@"; do
  case $word in --benchmark_list_tests=true) echo Good; exit 0 ;; esac
done
[ -e "$here/next.sh" ] && grep -q Good "$here/ran" 2>/dev/null && mv "$here/next.sh" "$here/replaces.sh"
exec "$here/suite.sh" "$@"
)sh");
  ::chmod(options.suite.c_str(), 0700);
  options.repetitions = 4;
  const auto summary = run::Run(options, nullptr);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->rows, 4u);
  EXPECT_EQ(summary->errors, 3u);
  EXPECT_THAT(ReadFile(dir).rows.back().error_message, HasSubstr("was replaced"));
}

TEST(Run, FindsOutBeforeTheWorkThatTheFileCannotBeWritten) {
  const TempDir dir;
  RunOptions options = Options(dir, FakeSuite(dir, "Good Hang"));
  options.out = dir.Path("no/such/folder/out.json");
  EXPECT_THAT(run::Run(options, nullptr), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_NE(::access(dir.Path("ran").c_str(), R_OK), 0);
}

// Starts of the planted probe, measured by `loadline run`.
results::ResultFile PlantedStarts() {
  const TempDir dir;
  RunOptions options = Options(dir, "", "Plain|Sleeps");
  options.init_probe = testing::TestPath("planted_probe");
  EXPECT_OK(run::Run(options, nullptr));
  return ReadFile(dir);
}

// Of the quickest of 30 starts each: of the machine's other work the least is in them.
double ReadyNanosOfSleeping(const results::ResultFile& file) {
  return *RowNamed(file, "Init/Sleeps50ms_min").Counter("init_ready_ns") -
         *RowNamed(file, "Init/Plain_min").Counter("init_ready_ns");
}

// A machine can be too busy to start one process undisturbed in 30 tries, but not for ever: an
// instrument that is wrong is wrong in each of ten runs. How many it took is recorded.
TEST(Run, FindsFiftyMillisecondsInAnInitialisation) {
  constexpr double kTolerance = ::loadline::testing::kHasShadowMemory ? 10e6 : 2e6;
  double found = 0;
  int runs = 0;
  do {
    found = ReadyNanosOfSleeping(PlantedStarts());
    ++runs;
  } while (runs < 10 && std::abs(found - 50e6) > kTolerance);
  RecordProperty("runs", runs);
  EXPECT_NEAR(found, 50e6, kTolerance);
}

TEST(Run, MeasuresTheStartsOfAProgramThatHoldsNothing) {
  const results::ResultFile file = PlantedStarts();
  EXPECT_THAT(file.rows, SizeIs(2 * 30 + 2 * 3));
  EXPECT_GT(*RowNamed(file, "Init/Plain_min").Counter("init_ready_ns"), 0);
  const results::Row& p95 = RowNamed(file, "Init/Plain_p95");
  EXPECT_GE(*p95.Counter("init_first_op_ns"), *p95.Counter("init_ready_ns"));
  if (::loadline::testing::kHasShadowMemory) return;
  EXPECT_LT(std::abs(*p95.Counter("rss_net_bytes")), 512 << 10);
}

TEST(Run, MakesAStartThatFailsAnErrorRow) {
  const TempDir dir;
  RunOptions options = Options(dir, "", "Fails");
  options.init_probe = testing::TestPath("planted_probe");
  options.starts = 3;
  const auto summary = run::Run(options, nullptr);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->errors, 3u);
  EXPECT_THAT(ReadFile(dir).rows.front().error_message, HasSubstr("DATA_LOSS: planted"));
}

TEST(Run, MakesMomentsOutOfOrderAnErrorRow) {
  const TempDir dir;
  RunOptions options = Options(dir, "", "Backwards|OtherClock");
  options.init_probe = testing::TestPath("planted_probe");
  options.starts = 1;
  ASSERT_OK(run::Run(options, nullptr));
  const results::ResultFile file = ReadFile(dir);
  EXPECT_THAT(RowNamed(file, "Init/Backwards").error_message, HasSubstr("before ready_ns"));
  EXPECT_THAT(RowNamed(file, "Init/OtherClock").error_message, HasSubstr("before main_ns"));
}

// The tool in a process of its own, which the signal is for.
class ToolProcess {
 public:
  // `ignored`: a signal that its parent lets it ignore; 0: none.
  explicit ToolProcess(const RunOptions& options, int ignored = 0) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    if (ignored != 0) ::signal(ignored, SIG_IGN);
    // Killed, the tool leaves its work directory: not where it would stay.
    ::setenv("TMPDIR", std::filesystem::path(options.out).parent_path().c_str(), 1);
    const std::string tool = testing::TestPath("loadline");
    ::execl(tool.c_str(), tool.c_str(), "run", "--suite", options.suite.c_str(), "--filter",
            options.filter.c_str(), "--out", options.out.c_str(), nullptr);
    ::_exit(127);
  }
  int SignalAndWait(int signal) const {
    ::kill(pid_, signal);
    return Wait();
  }
  pid_t pid() const { return pid_; }
  int Wait() const {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_;
};

class Interrupted : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Signals, Interrupted, ::testing::Values(SIGINT, SIGTERM));

TEST_P(Interrupted, LeavesAValidPartialFileAndNoOrphan) {
  const TempDir dir;
  const ToolProcess tool(Options(dir, FakeSuite(dir, "Good Hang"), "all"));
  ASSERT_TRUE(WaitForText(dir.Path("hanging")));
  EXPECT_EQ(tool.SignalAndWait(GetParam()), 5);
  EXPECT_TRUE(ReadFile(dir).incomplete());
  EXPECT_TRUE(Gone(dir.ReadFile("hanging")));
}

// Lists one benchmark, and does for it what the script says; $out is the file to write to.
std::string OneBenchmark(const TempDir& dir, const std::string& script) {
  const std::string path = dir.WriteFile("one.sh", R"sh(#!/bin/sh
here=$(dirname "$0")
for word in "$@"; do
  case $word in
    --benchmark_list_tests=true) echo One; exit 0 ;;
    --benchmark_out=*) out=${word#*=} ;;
    --benchmark_filter=^loadline*) exit 0 ;;
  esac
done
good() {
  printf '{"context":{},"benchmarks":[{"name":"One","iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns"}]}' >"$out"
}
)sh" + script);
  ::chmod(path.c_str(), 0700);
  return path;
}

TEST(Run, SeesHowProcessesEndWhereItsParentIgnoresThat) {
  const TempDir dir;
  const ToolProcess tool(Options(dir, OneBenchmark(dir, "good; exit 7"), "."), SIGCHLD);
  EXPECT_EQ(tool.Wait(), 5);
  EXPECT_THAT(RowNamed(ReadFile(dir), "One").error_message, HasSubstr("exit code 7"));
}

// As nohup has it.
TEST(Run, GoesOnAfterASignalThatItWasToldToIgnore) {
  const TempDir dir;
  const std::string suite =
      OneBenchmark(dir, "echo here >$here/waits; until [ -e $here/go ]; do sleep 0.02; done; good");
  const ToolProcess tool(Options(dir, suite, "."), SIGHUP);
  ASSERT_TRUE(WaitForText(dir.Path("waits")));
  ::kill(tool.pid(), SIGHUP);
  dir.WriteFile("go", "");
  EXPECT_EQ(tool.Wait(), 0);
  EXPECT_FALSE(ReadFile(dir).incomplete());
}

#if defined(__linux__)
TEST(Run, TakesItsChildWithItWhenItIsKilled) {
  const TempDir dir;
  const ToolProcess tool(Options(dir, FakeSuite(dir, "Good Hang"), "all"));
  ASSERT_TRUE(WaitForText(dir.Path("hanging")));
  tool.SignalAndWait(SIGKILL);
  EXPECT_TRUE(Gone(dir.ReadFile("hanging")));
  EXPECT_NE(::access(dir.Path("out.json").c_str(), R_OK), 0);
}
#endif

TEST(Run, WritesWhatGoogleBenchmarksOwnCompareReads) {
  const std::string compare = "/usr/share/benchmark/compare.py";
  if (::access(compare.c_str(), R_OK) != 0 ||
      std::system("python3 -c 'import scipy' 2>/dev/null") != 0) {
    GTEST_SKIP() << "needs libbenchmark-tools and scipy";
  }
  const TempDir dir;
  ASSERT_OK(run::Run(Options(dir, testing::TestPath("planted_bench"), "Holds|Wrong"), nullptr));
  const std::string file = dir.Path("out.json");
  const std::string command = "python3 " + compare + " benchmarks '" + file + "' '" + file +
                              "' >'" + dir.Path("table") + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(dir.ReadFile("table"), HasSubstr("Holds16MiB"));
}

}  // namespace
}  // namespace loadline::run
