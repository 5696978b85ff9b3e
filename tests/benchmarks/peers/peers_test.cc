// The program as it is called, small.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_path.h"

namespace loadline::bench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

Ended RunPeers(const testing::TempDir& dir, const std::string& arguments) {
  const int status = std::system(absl::StrCat("LOADLINE_WORKLOAD_DIR='", dir.Path("workload"),
                                              "' '", testing::TestPath("peers"), "' ", arguments,
                                              " >'", dir.Path("out"), "' 2>'", dir.Path("err"), "'")
                                     .c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, dir.ReadFile("out"), dir.ReadFile("err")};
}

TEST(Peers, ExplainsItself) {
  const testing::TempDir dir;
  const Ended ended = RunPeers(dir, "--help");
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("usage: loadline_peers"), HasSubstr("example: ")));
}

TEST(Peers, RefusesWhatItDoesNotKnowAndSaysWhatItWants) {
  const testing::TempDir dir;
  const std::map<std::string, std::string> wrong = {
      {"--no-such 1", "--no-such"},  {"--rows 0", "from 1"},
      {"--rows", "value"},           {"--sets Nothing", "Lifted768"},
      {"--engines none", "hnswlib"}, {"--sets ,", "names nothing"},
      {"--efforts 1,x", "numbers"},  {"--efforts 7", "--efforts has none of"}};
  for (const auto& [arguments, message] : wrong) {
    const Ended ended = RunPeers(dir, arguments);
    EXPECT_EQ(ended.code, 2) << arguments;
    EXPECT_THAT(ended.err, AllOf(HasSubstr(message), HasSubstr("--help"))) << arguments;
  }
}

TEST(Peers, SaysWhichSetFailed) {
  const testing::TempDir dir;
  const Ended ended = RunPeers(dir, "--sets Mnist --mnist no-such-folder");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("no-such-folder"));
}

TEST(Peers, ComparesEveryEngineAndWritesWhatItFound) {
  const testing::TempDir dir;
  const Ended ended = RunPeers(
      dir, absl::StrCat("--sets Normal64,LengthsByPowerLaw --rows 1000 --queries 20 --rounds 1",
                        " --csv '", dir.Path("points.csv"), "'"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, IsEmpty());  // progress is for terminals
  EXPECT_THAT(ended.out, AllOf(HasSubstr("Normal64: 1000 x 64, l2"), HasSubstr("us@0.95")));

  const std::vector<std::string> lines =
      absl::StrSplit(dir.ReadFile("points.csv"), '\n', absl::SkipEmpty());
  ASSERT_GT(lines.size(), 1U);
  const std::vector<std::string> titles = absl::StrSplit(lines[0], ',');
  std::map<std::string, double> best;  // recall by set and engine
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(lines[i], ',');
    ASSERT_EQ(cells.size(), titles.size()) << lines[i];
    std::map<std::string, std::string> line;
    for (size_t c = 0; c < cells.size(); ++c) line[titles[c]] = cells[c];
    const auto value = [&](const char* title) {
      double number = -1;
      EXPECT_TRUE(absl::SimpleAtod(line[title], &number)) << title << ": " << lines[i];
      return number;
    };
    EXPECT_GT(value("cpu_us"), 0);
    EXPECT_GT(value("build_cpu_s"), 0);
    EXPECT_GT(value("first_answer_s"), 0);
    EXPECT_GE(value("peak_bytes"), value("resident_bytes"));
    double& recall = best[absl::StrCat(line["set"], " ", line["engine"])];
    recall = std::max(recall, value("recall"));
  }
  EXPECT_EQ(best["Normal64 exact"], 1);
  EXPECT_GE(best["Normal64 loadline"], 0.98);
  EXPECT_GE(best["Normal64 hnswlib"], 0.98);
  EXPECT_GE(best["LengthsByPowerLaw loadline"], 0.98);
}

}  // namespace
}  // namespace loadline::bench
