#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "loadline/platform/run_delay.h"
#include "tests/support/physical_pages.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tools/loadline/cli/main.h"
#include "tools/loadline/duet/duet.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/run/interruption.h"

namespace loadline::duet {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What is planted is far beyond the margin: on a loaded machine, too, it must be seen or left open,
// and never turned round.
class DuetCommand : public ::testing::Test {
 protected:
  struct Result {
    int code;
    std::string out;
    std::string err;
  };

  DuetCommand() { ::setenv("TMPDIR", work_.path().c_str(), 1); }
  ~DuetCommand() override {
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process was left behind";
    ::unsetenv("TMPDIR");
    ::unsetenv("PLANTED_BREAK");
    ::unsetenv("PLANTED_LOG");
  }

  static std::string Program(const std::string& name) {
    return testing::TestPath("bin") + "/" + name;
  }

  static Result Duet(const std::string& base, const std::string& candidate,
                     const std::vector<std::string>& more) {
    return Loadline({"duet", "--base", base, "--new", candidate}, more);
  }

  static Result Selftest(const std::vector<std::string>& more) {
    return Loadline({"selftest", "--suite", Program("planted_bench_0"), "--filter", "Planted"},
                    more);
  }

  static Result Loadline(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    std::vector<const char*> args;
    for (const std::string& word : words) args.push_back(word.c_str());
    std::ostringstream out, err;
    const int code = cli::Main(args, out, err);
    return {code, out.str(), err.str()};
  }

  // A loaded machine can leave open what is there: the best of three.
  static Result DuetThatSays(const std::string& wanted, const std::string& base,
                             const std::string& candidate, const std::vector<std::string>& more) {
    Result result = Duet(base, candidate, more);
    for (int i = 1; i < 3 && result.code == 3 && !absl::StrContains(result.out, wanted); ++i) {
      result = Duet(base, candidate, more);
    }
    return result;
  }

  // That a regression is called, and never taken for none. A loaded machine may leave it open.
  static void ExpectRegressed(const std::string& filter) {
    constexpr int kMostTries = 5;
    int tries = 0;
    Result result{3, "", ""};
    while (result.code == 3 && tries < kMostTries) {
      result = Duet(Program("rare_cost_bench_0"), Program("rare_cost_bench_1"),
                    {"--filter", filter, "--margin", "5%", "--no-controls"});
      ++tries;
    }
    EXPECT_EQ(result.code, 1) << filter << "\n" << result.out << result.err;
    if (tries > 1) std::cout << filter << " took " << tries << " tries\n";
  }

  std::vector<std::string> LeftBehind() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(work_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  testing::TempDir work_;
};

TEST_F(DuetCommand, FindsPlantedWork) {
  const Result result =
      DuetThatSays("REGRESSED  +", Program("planted_bench_0"), Program("planted_bench_100"),
                   {"--filter", "Planted", "--margin", "3%"});
  EXPECT_EQ(result.code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("REGRESSED  +"));
  EXPECT_THAT(result.out, HasSubstr("lock-step"));
  EXPECT_THAT(LeftBehind(), IsEmpty());
}

TEST_F(DuetCommand, FindsWorkThatIsGone) {
  const Result result =
      DuetThatSays("IMPROVED  -", Program("planted_bench_100"), Program("planted_bench_0"),
                   {"--filter", "Planted", "--margin", "3%", "--no-controls"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("IMPROVED  -"));
  EXPECT_THAT(result.out, HasSubstr("no controls were run"));
}

// Costs that no typical slice has: where they come by the count of operations, most slices of a
// millisecond are without.
TEST_F(DuetCommand, CallsACostOfEveryTwentyThousandthOperation) {
  ExpectRegressed("BM_RareWork/every:20000/percent:50$");
}

TEST_F(DuetCommand, CallsAFlushOfEveryHundredThousandthOperation) {
  ExpectRegressed("BM_RareFlush");
}

// Asleep, an operation takes no CPU time; nor does it while others have the processor.
TEST_F(DuetCommand, CallsSleepWhereRealTimeIsAskedFor) {
  if (!platform::ThreadRunDelayNanos().has_value()) GTEST_SKIP() << "compared by CPU time here";
  ExpectRegressed("BM_RareSleep");
}

TEST_F(DuetCommand, FindsNothingWhereNothingIsPlanted) {
  const Result result =
      Duet(Program("planted_bench_0"), Program("planted_bench_0"),
           {"--filter", "Planted|MapFind|LongSetUp|Threads", "--margin", "3%", "--budget", "1"});
  EXPECT_THAT(result.code, AnyOf(0, 3)) << result.out << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("REGRESSED  ")));
  EXPECT_THAT(result.out, HasSubstr("A/A: both sides ran the same program"));
}

// What each control says when it has had as many restarts as it needs: control_test.cc.
TEST_F(DuetCommand, SeesItsOwnSpike) {
  const Result result = Duet(Program("planted_bench_0"), Program("planted_bench_0"),
                             {"--filter", "Planted", "--margin", "1%"});
  EXPECT_THAT(result.out, AnyOf(HasSubstr("with 3% more work was seen"), HasSubstr("blind: ")));
  EXPECT_THAT(result.out, AnyOf(HasSubstr("the base against itself differs by"),
                                HasSubstr("the base against itself: too few restarts to tell")));
}

// The most samples that a control had, as its sentence says: "... after 12 restarts ...".
int MostSamplesOfAControl(const compare::PairedRuns& runs) {
  int most = 0;
  for (const auto* texts : {&runs.notes, &runs.void_reasons, &runs.blind, &runs.doubts}) {
    for (const std::string& text : *texts) {
      int samples = 0;
      const std::vector<absl::string_view> parts =
          absl::StrSplit(text, absl::MaxSplits(" after ", 1));
      if (parts.size() < 2) continue;
      const absl::string_view count = *absl::StrSplit(parts[1], ' ').begin();
      if (absl::SimpleAtoi(count, &samples)) most = std::max(most, samples);
    }
  }
  return most;
}

// Nothing can be decided within so narrow a margin, by a benchmark or by a control. The samples
// that a control needs to say anything are taken all the same: ten at alpha / 2.
TEST_F(DuetCommand, GivesControlsNoMoreTimeThanTheBenchmarksOnceTheseAreDone) {
  const DuetOptions options{.base = Program("planted_bench_0"),
                            .candidate = Program("planted_bench_0"),
                            .filter = "Planted",
                            .arguments = {},
                            .budget_seconds = 2};
  const run::Interruption interruption;
  const auto outcome = RunDuet(options, policy::Policy(), 1e-5, nullptr);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_GT(outcome->control_seconds, 0);
  EXPECT_TRUE(outcome->control_seconds < 0.7 * outcome->seconds ||
              MostSamplesOfAControl(outcome->paired) <= 10)
      << outcome->control_seconds << " of " << outcome->seconds << " s, "
      << MostSamplesOfAControl(outcome->paired) << " samples";
}

TEST_F(DuetCommand, RunsProgramsThatTakeNoTurnsPinned) {
  const Result result = Duet(Program("planted_bench_0"), Program("foreign_planted_bench"),
                             {"--filter", "Planted", "--budget", "3"});
  EXPECT_THAT(result.out, HasSubstr("pinned: both at once"));
  EXPECT_THAT(result.out, Not(HasSubstr("REGRESSED  ")));
  EXPECT_THAT(LeftBehind(), IsEmpty());
}

TEST_F(DuetCommand, RefusesLockStepOfAProgramThatTakesNoTurns) {
  const Result result =
      Duet(Program("planted_bench_0"), Program("foreign_planted_bench"), {"--mode", "lock-step"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("link it with loadline::bench_main"));
}

TEST_F(DuetCommand, NamesBenchmarksThatOnlyOneSideHas) {
  const Result result = Duet(Program("breaking_bench_0"), Program("breaking_bench_1"),
                             {"--filter", "Only", "--no-controls"});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.out, HasSubstr("MISSING"));
  EXPECT_THAT(result.out, HasSubstr("BM_OnlyBase"));
  EXPECT_THAT(result.out, HasSubstr("BM_OnlyNew"));
}

TEST_F(DuetCommand, MeasuresNoneOfTwoBenchmarksOfOneName) {
  for (const char* mode : {"lock-step", "pinned"}) {
    const Result result = Duet(Program("breaking_bench_0"), Program("breaking_bench_1"),
                               {"--filter", "Twice", "--no-controls", "--mode", mode});
    EXPECT_EQ(result.code, 5) << mode;
    EXPECT_THAT(result.out, HasSubstr("base: the program has several benchmarks of this name"));
  }
}

TEST_F(DuetCommand, RefusesAFilterThatMatchesNothing) {
  const std::string program = Program("planted_bench_0");
  const Result none = Duet(program, program, {"--filter", "Nope"});
  EXPECT_EQ(none.code, 2) << none.out;
  EXPECT_THAT(none.err, HasSubstr("no benchmark of either program matches the filter \"Nope\""));
  const Result broken = Duet(program, program, {"--filter", "["});
  EXPECT_EQ(broken.code, 2) << broken.out;
  EXPECT_THAT(broken.err, HasSubstr("filter \"[\": "));
}

TEST_F(DuetCommand, ReportsAProcessThatIsKilled) {
  ::setenv("PLANTED_BREAK", "kill", 1);
  const Result result = Duet(Program("breaking_bench_0"), Program("breaking_bench_1"),
                             {"--filter", "BM_Breaks", "--no-controls"});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.out, HasSubstr("FAILED"));
  EXPECT_THAT(result.out, HasSubstr("signal 9"));
  EXPECT_THAT(LeftBehind(), IsEmpty());
}

TEST_F(DuetCommand, SaysWhichSideBroke) {
  ::setenv("PLANTED_BREAK", "kill", 1);
  const Result result = Duet(Program("breaking_bench_1"), Program("breaking_bench_0"),
                             {"--filter", "BM_Breaks", "--no-controls", "--format", "json"});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.out, HasSubstr("base: the process ended: signal 9"));
  EXPECT_THAT(result.out, HasSubstr("\"finding\": \"failed\""));
  EXPECT_THAT(result.out, Not(HasSubstr("has no benchmark")));
}

TEST_F(DuetCommand, KillsAProcessThatHangs) {
  ::setenv("PLANTED_BREAK", "hang", 1);
  const Result result = Duet(Program("breaking_bench_0"), Program("breaking_bench_1"),
                             {"--filter", "BM_Breaks", "--no-controls", "--time-limit", "0.5"});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.out, HasSubstr("no answer within 0.5 s, killed"));
  EXPECT_THAT(LeftBehind(), IsEmpty());
}

TEST_F(DuetCommand, RepeatsABenchmarksOwnErrorToItsEnd) {
  ::setenv("PLANTED_BREAK", "error", 1);
  const Result result = Duet(Program("breaking_bench_0"), Program("breaking_bench_1"),
                             {"--filter", "BM_Breaks|BM_Fine", "--no-controls", "--margin", "20%"});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.out, HasSubstr("planted error, about which"));
  EXPECT_THAT(result.out, HasSubstr("down to its last word"));
}

TEST_F(DuetCommand, RefusesAProgramThatIsNoBenchmark) {
  const Result result = Duet("/bin/echo", Program("planted_bench_0"), {});
  EXPECT_EQ(result.code, 2) << result.out;
  EXPECT_THAT(result.err, HasSubstr("seems not to be a Google Benchmark program"));
  const Result missing = Duet(Program("no_such_program"), Program("planted_bench_0"), {});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("no_such_program"));
}

TEST_F(DuetCommand, SaysWhatItKnowsWhenInterrupted) {
  std::thread interrupter([] {
    ::sleep(2);
    ::kill(::getpid(), SIGINT);
  });
  const Result result = Duet(Program("planted_bench_0"), Program("planted_bench_0"),
                             {"--margin", "0.01%", "--budget", "60"});
  interrupter.join();
  EXPECT_EQ(result.code, 3) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("interrupted"));
  EXPECT_THAT(LeftBehind(), IsEmpty());
}

// Slower it is, in every other of its processes, and may be called so: but not by more than the
// margin. That the layout is found in what samples say: sequential_test_test.cc. A busy machine can
// hide it.
TEST_F(DuetCommand, CallsNothingRegressedWhereTheLayoutAloneDecides) {
  const Result result = DuetThatSays(
      "lie in memory", Program("breaking_bench_0"), Program("breaking_bench_1"),
      {"--filter", "BM_Layout", "--no-controls", "--margin", "25%", "--restarts", "30"});
  EXPECT_THAT(result.code, AnyOf(0, 3)) << result.err;
  EXPECT_THAT(result.out, AnyOf(HasSubstr("how the process happens to lie in memory has its part"),
                                HasSubstr("warning: load per CPU")));
  EXPECT_THAT(result.out, Not(HasSubstr("REGRESSED  ")));
}

// A full disk: a file system mounted for a scope, as small as its options say. Needs Linux, root.
class SmallDisk {
 public:
  SmallDisk(std::string path, const char* options) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    const std::string how = std::string(" -t tmpfs -o ") + options + " tmpfs '";
    mounted_ = std::system(("mount" + how + path_ + "' 2>/dev/null").c_str()) == 0;
    if (mounted_) ::setenv("TMPDIR", path_.c_str(), 1);
  }
  ~SmallDisk() {
    if (mounted_ && std::system(("umount '" + path_ + "'").c_str()) != 0) ADD_FAILURE() << path_;
    std::filesystem::remove(path_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  bool empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::string path_;
  bool mounted_ = false;
};

TEST_F(DuetCommand, SaysThatNoFolderFitsOnAFullDisk) {
  const SmallDisk disk(work_.Path("small"), "nr_inodes=1");
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  const Result result = Duet(Program("planted_bench_0"), Program("planted_bench_0"), {});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("No space left on device"));
  EXPECT_TRUE(disk.empty());
}

TEST_F(DuetCommand, TakesNoHalfResultFromAFullDisk) {
  const SmallDisk disk(work_.Path("small"), "size=4k");
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  const Result result = Duet(Program("planted_bench_0"), Program("foreign_planted_bench"),
                             {"--filter", "Planted", "--no-controls", "--budget", "1"});
  EXPECT_EQ(result.code, 5) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("no result: "));
  EXPECT_TRUE(disk.empty());
}

TEST_F(DuetCommand, StartsProgramsUnderTheirOwnPaths) {
  if (!std::filesystem::exists("/proc/self/cmdline")) GTEST_SKIP() << "needs /proc";
  const testing::TempDir elsewhere;
  const std::string base = elsewhere.Path("base"), candidate = elsewhere.Path("the-new-one");
  for (const std::string& program : {base, candidate}) {
    std::filesystem::copy_file(Program("breaking_bench_0"), program);
    std::ofstream(program + ".data") << "words\n";
  }
  for (const char* mode : {"lock-step", "pinned"}) {
    const Result result =
        Duet(base, candidate,
             {"--filter", "BM_Beside", "--no-controls", "--margin", "30%", "--mode", mode});
    EXPECT_THAT(result.code, AnyOf(0, 3)) << result.out << result.err;
  }
}

// A program's speed can depend on where its stack begins.
TEST_F(DuetCommand, GivesBothSidesAsManyBytesAndEachRestartOthers) {
  if (!std::filesystem::exists("/proc/self/environ")) GTEST_SKIP() << "needs /proc";
  const testing::TempDir elsewhere;
  const std::string log = elsewhere.Path("log");
  ::setenv("PLANTED_LOG", log.c_str(), 1);
  const std::string longer = elsewhere.Path("a-program-with-a-longer-path");
  std::filesystem::copy_file(Program("breaking_bench_1"), longer);
  Duet(Program("breaking_bench_0"), longer,
       {"--filter", "BM_Fine", "--no-controls", "--margin", "30%"});
  ::unsetenv("PLANTED_LOG");
  std::ifstream lines(log);
  // Listing the benchmarks and the baselines come first; the restarts are the padded ones.
  std::vector<std::pair<size_t, size_t>> sizes;
  size_t arguments, environment;
  while (lines >> arguments >> environment) sizes.emplace_back(arguments, environment);
  ASSERT_GE(sizes.size(), 2 * 8U);
  sizes.erase(sizes.begin(), sizes.end() - 2 * 8);
  std::set<size_t> environments;
  for (size_t i = 0; i < sizes.size(); i += 2) {
    // The path lies on the stack twice: as an argument, and where the loader looks for it.
    EXPECT_EQ(2 * sizes[i].first + sizes[i].second, 2 * sizes[i + 1].first + sizes[i + 1].second);
    environments.insert(sizes[i].second);
  }
  EXPECT_GE(environments.size(), 4U);
}

// A program would otherwise run in the same pages in every sample, in a fast place or a slow one.
TEST_F(DuetCommand, MovesBothProgramsToOtherPhysicalPages) {
  const std::vector<std::string> programs = {work_.Path("base"), work_.Path("new_")};
  std::vector<std::vector<uint64_t>> before;
  for (const std::string& program : programs) {
    std::filesystem::copy_file(Program("planted_bench_0"), program);
    before.push_back(testing::PhysicalPages(program));
  }
  if (before[0].empty()) GTEST_SKIP() << "where pages lie is not told here";
  Duet(programs[0], programs[1], {"--filter", "Planted", "--budget", "0.3", "--no-controls"});
  for (const size_t i : {0, 1}) {
    const std::vector<uint64_t> after = testing::PhysicalPages(programs[i]);
    EXPECT_GT(testing::Moved(before[i], after), before[i].size() / 2) << programs[i];
  }
}

TEST_F(DuetCommand, SelftestFindsPlantedWorkAndInventsNone) {
  const Result result = Selftest({"--rounds", "2", "--spike", "20%", "--margin", "3%"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("called worse 0 of 2"));
  EXPECT_THAT(result.out, ::testing::ContainsRegex("20 % more work .read as \\+(19|20|21)"));
  EXPECT_THAT(LeftBehind(), IsEmpty());
}

TEST_F(DuetCommand, SelftestNamesWhatItLeavesOpen) {
  const Result result =
      Selftest({"--rounds", "1", "--spike", "20%", "--margin", "0.01%", "--budget", "1"});
  EXPECT_THAT(result.out, ::testing::ContainsRegex("left open most often: BM_Planted .[12] of 2"));
}

TEST_F(DuetCommand, SelftestMeasuresABenchmarkThatFailedNoMore) {
  ::setenv("PLANTED_BREAK", "kill late", 1);
  ::setenv("PLANTED_LOG", work_.Path("log").c_str(), 1);
  const Result result = Loadline({"selftest", "--suite", Program("breaking_bench_1")},
                                 {"--filter", "BM_Breaks", "--rounds", "3"});
  EXPECT_EQ(result.code, 5) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("suites with a false alarm: 0 of 0\n"));
  const size_t first = result.out.find("failed: BM_Breaks");
  ASSERT_NE(first, std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("failed: ", first + 1), std::string::npos) << result.out;
}

}  // namespace
}  // namespace loadline::duet
