#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/tools/loadline/noise/planted_spread.h"
#include "tools/loadline/cli/main.h"
#include "tools/loadline/compare/noise.h"

namespace loadline::noise {
namespace {

using ::loadline::testing::TempDir;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome Noise(const TempDir& dir, std::vector<std::string> args) {
  args.insert(args.begin(),
              {"noise", "--suite", PlantedSpread(dir), "--out", dir.Path("noise.json")});
  std::vector<const char*> words;
  for (const std::string& arg : args) words.push_back(arg.c_str());
  std::ostringstream out, err;
  const int code = cli::Main(words, out, err);
  return {code, out.str(), err.str()};
}

TEST(NoiseCommand, PrintsTheSpreadAndWhatItMeans) {
  const TempDir dir;
  const Outcome outcome = Noise(dir, {"--filter", "Varies"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("5 a side"));
  EXPECT_THAT(outcome.out, ContainsRegex("Varies +cpu_time_ns +10 +5\\.15 %"));
  EXPECT_THAT(outcome.out, HasSubstr("noise.json"));
}

TEST(NoiseCommand, NamesWhatFailed) {
  const TempDir dir;
  const Outcome outcome = Noise(dir, {"--filter", "Breaks|Steady", "--processes", "3"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("broke as planned"));
  EXPECT_THAT(outcome.out, HasSubstr("Steady"));
}

TEST(NoiseCommand, SaysWhenThereIsNothingToWrite) {
  const TempDir dir;
  const Outcome outcome = Noise(dir, {"--filter", "Breaks"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("nothing is written"));
}

TEST(NoiseCommand, RefusesWhatCannotBe) {
  const TempDir dir;
  EXPECT_EQ(Noise(dir, {"--processes", "2"}).code, 2);
  EXPECT_EQ(Noise(dir, {"--filter", "^none$"}).code, 2);
  EXPECT_EQ(Noise(dir, {"--out", dir.Path("no/such/folder/n.json")}).code, 2);
}

TEST(NoiseCommand, RefusesToReplaceItsProgram) {
  const TempDir dir;
  const std::string suite = PlantedSpread(dir);
  std::ostringstream out, err;
  EXPECT_EQ(cli::Main({"noise", "--suite", suite.c_str(), "--out", suite.c_str()}, out, err), 2);
  EXPECT_THAT(err.str(), HasSubstr("is an input"));
  EXPECT_EQ(dir.ReadFile("suite.sh"), kPlantedSpread);
}

TEST(NoiseCommand, KeepsWhatWasDoneWhenItIsInterrupted) {
  const TempDir dir;
  const std::string suite = PlantedSpread(dir);
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::ostringstream out, err;
    const std::string file = dir.Path("noise.json");
    ::_exit(cli::Main({"noise", "--suite", suite.c_str(), "--filter", "Steady|Hangs", "--processes",
                       "3", "--out", file.c_str()},
                      out, err));
  }
  for (int i = 0; i < 2000 && ::access(dir.Path("hanging").c_str(), R_OK) != 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(pid, SIGINT);
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 5);
  EXPECT_THAT(dir.ReadFile("ran"), EndsWith("Hangs\n"));
  EXPECT_OK(compare::ReadNoise(dir.Path("noise.json")));
}

}  // namespace
}  // namespace loadline::noise
