#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tests/tools/loadline/cli/tool_outcome.h"
#include "tools/loadline/cli/standard_input.h"

namespace loadline::cli {
namespace {

using ::loadline::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Six processes whose times are `nanos` and a little more. `more` are members of the context.
std::string ResultOf(double nanos, const std::string& more = "") {
  std::string rows;
  for (int i = 0; i < 6; ++i) {
    absl::StrAppend(&rows, i == 0 ? "" : ",",
                    R"({"name":"Sort","repetitions":6,"repetition_index":)", i,
                    R"(,"iterations":9,"time_unit":"ns","real_time":)", nanos * (1 + 0.001 * i),
                    R"(,"cpu_time":)", nanos * (1 + 0.001 * i), "}");
  }
  return absl::StrCat(
      R"({"context":{"host_name":"example","loadline.isolation":"one process a benchmark and )",
      R"(repetition","loadline.repetitions":"6")", more, R"(},"benchmarks":[)", rows, "]}");
}

class CompareCommand : public ::testing::Test {
 protected:
  Outcome Run(std::vector<std::string> args) const {
    args.insert(args.begin(), "compare");
    return RunTool(args);
  }

  Outcome CompareTimes(double base, double candidate,
                       const std::vector<std::string>& more = {}) const {
    std::vector<std::string> args = {"--base", dir_.WriteFile("base.json", ResultOf(base)), "--new",
                                     dir_.WriteFile("new.json", ResultOf(candidate))};
    args.insert(args.end(), more.begin(), more.end());
    return Run(args);
  }

  const TempDir dir_;
};

TEST_F(CompareCommand, ExplainsItselfWithAnExampleAndTheExitCodes) {
  const Outcome outcome = Run({"--help"});
  EXPECT_EQ(outcome.code, 0);
  const std::string path = absl::StrCat(testing::TestPath("testdata"), "/compare_help.txt");
  if (std::getenv("LOADLINE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << outcome.out;
  std::ifstream in(path);
  EXPECT_EQ(outcome.out, std::string(std::istreambuf_iterator<char>(in), {}));
}

TEST_F(CompareCommand, PassesWhatIsEqualAndRefusesWhatIsSlower) {
  EXPECT_EQ(CompareTimes(100, 100.1).code, 0);
  EXPECT_EQ(CompareTimes(100, 150).code, 1);
  EXPECT_EQ(CompareTimes(100, 50).code, 0);
}

TEST_F(CompareCommand, HoldsNoDebugBuildAgainstARelease) {
  const char release[] = R"(,"loadline.build_type":"Release","loadline.optimized":"true",)"
                         R"("loadline.assertions":"false","loadline.sanitizer":"none")";
  const char debug[] = R"(,"loadline.build_type":"Debug","loadline.optimized":"false",)"
                       R"("loadline.assertions":"true","loadline.sanitizer":"none")";
  const char unknown[] = R"(,"loadline.build_type":"unknown","loadline.optimized":"unknown",)"
                         R"("loadline.assertions":"unknown","loadline.sanitizer":"unknown")";
  const std::string base = dir_.WriteFile("base.json", ResultOf(100, release));
  for (const char* other : {debug, unknown}) {
    const std::string slower = dir_.WriteFile("new.json", ResultOf(5000, other));
    const Outcome outcome = Run({"--base", base, "--new", slower});
    EXPECT_EQ(outcome.code, 4) << outcome.out;
    EXPECT_THAT(outcome.out, HasSubstr("build differs"));
  }
}

// The reading end of a pipe that holds `text`, as the shell passes <(command).
class Pipe {
 public:
  explicit Pipe(const std::string& text) {
    EXPECT_EQ(::pipe(ends_), 0);
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends_[1]);
  }
  ~Pipe() { ::close(ends_[0]); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  std::string path() const { return absl::StrCat("/dev/fd/", ends_[0]); }

 private:
  int ends_[2];
};

TEST_F(CompareCommand, ReadsWhatTheShellPassesThroughPipes) {
  const Pipe base(ResultOf(100));
  const Pipe candidate(ResultOf(150));
  const Pipe policy("[compare]\nmargin = 0.1\n");
  EXPECT_EQ(Run({"--base", base.path(), "--new", candidate.path(), "--policy", policy.path()}).code,
            1);
  const Pipe once(ResultOf(100));
  EXPECT_THAT(Run({"--base", once.path(), "--new", once.path()}).err,
              HasSubstr("can be read once only"));
}

TEST_F(CompareCommand, TakesItsInputsByFlagsAlone) {
  EXPECT_EQ(Run({}).code, 2);
  EXPECT_EQ(Run({"--base", "a.json"}).code, 2);
  EXPECT_EQ(Run({"a.json", "b.json"}).code, 2);
}

TEST_F(CompareCommand, ReadsMarginAndAlphaAsPercentOrFraction) {
  EXPECT_EQ(CompareTimes(100, 110, {"--margin", "20%"}).code, 0);
  EXPECT_EQ(CompareTimes(100, 110, {"--margin", "0.2"}).code, 0);
  EXPECT_EQ(CompareTimes(100, 110, {"--alpha", "1%"}).code, 1);
  EXPECT_EQ(CompareTimes(100, 110, {"--alpha", "0.0001"}).code, 3);
}

TEST_F(CompareCommand, SaysWhatWouldWorkInsteadOfABadNumber) {
  for (const char* bad : {"", "x", "0", "-1%", "100%", "1.5", "nan", "5%%"}) {
    const Outcome outcome = CompareTimes(100, 100, {"--margin", bad});
    EXPECT_EQ(outcome.code, 2) << bad;
    EXPECT_THAT(outcome.err, HasSubstr("such as 5% or 0.05")) << bad;
  }
  EXPECT_EQ(CompareTimes(100, 100, {"--alpha", "0.9"}).code, 2);
}

TEST_F(CompareCommand, NamesTheFileThatIsMissing) {
  const Outcome outcome = Run({"--base", dir_.Path("none.json"), "--new", dir_.Path("no.json")});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("none.json"));
  EXPECT_THAT(outcome.out, IsEmpty());
}

TEST_F(CompareCommand, NamesAMissingBaseBeforeItReadsStandardInput) {
  const StandardInput input(dir_.WriteFile("new.json", ResultOf(100)));
  const Outcome outcome = Run({"--base", dir_.Path("none.json"), "--new", "-"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("none.json"));
  EXPECT_TRUE(input.Untouched());
}

TEST_F(CompareCommand, ComparesStandardInputWithAFile) {
  const StandardInput input(dir_.WriteFile("new.json", ResultOf(110)));
  const Outcome outcome = Run({"--base", dir_.WriteFile("base.json", ResultOf(100)), "--new", "-"});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("REGRESSED"));
}

TEST_F(CompareCommand, RefusesStandardInputTwice) {
  const Outcome outcome = Run({"--base", "-", "--new", "-"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("once"));
}

TEST_F(CompareCommand, ObeysMaxBytes) {
  EXPECT_EQ(CompareTimes(100, 100, {"--max-bytes", "20"}).code, 2);
}

TEST_F(CompareCommand, WritesEveryFormatToAFile) {
  for (const char* format : {"text", "markdown", "json", "junit", "sarif", "csv"}) {
    const Outcome outcome =
        CompareTimes(100, 100.1, {"--out", dir_.Path("verdict"), "--format", format});
    EXPECT_EQ(outcome.code, 0) << format;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(dir_.ReadFile("verdict"), HasSubstr("Sort")) << format;
  }
}

TEST_F(CompareCommand, NeverOverwritesAnInput) {
  for (const char* input : {"base.json", "new.json"}) {
    const Outcome outcome = CompareTimes(100, 100, {"--out", dir_.Path(input)});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(dir_.ReadFile(input), HasSubstr("Sort"));
  }
}

TEST_F(CompareCommand, LeavesNoVerdictWhenAnInputIsBad) {
  dir_.WriteFile("verdict", "old");
  EXPECT_EQ(Run({"--base", dir_.WriteFile("bad.json", "{"), "--new",
                 dir_.WriteFile("new.json", ResultOf(1)), "--out", dir_.Path("verdict")})
                .code,
            2);
  EXPECT_EQ(dir_.ReadFile("verdict"), "old");
}

TEST_F(CompareCommand, GivesTheSameBytesForTheSameInput) {
  const Outcome once = CompareTimes(100, 120);
  const Outcome again = CompareTimes(100, 120);
  EXPECT_EQ(once.out, again.out);
}

TEST_F(CompareCommand, ReadsThePolicysMarginAndLetsTheFlagOverride) {
  const std::string policy = dir_.WriteFile("p.toml", "[compare]\nmargin = \"40%\"\n");
  EXPECT_EQ(CompareTimes(100, 120, {"--policy", policy}).code, 0);
  EXPECT_EQ(CompareTimes(100, 120, {"--policy", policy, "--margin", "5%"}).code, 1);
}

TEST_F(CompareCommand, HintsAtAFlagThatWasMisspelt) {
  const Outcome outcome = CompareTimes(100, 100, {"--alow-env", "num_cpus"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean \"--allow-env\"?"));
}

TEST_F(CompareCommand, PrintsNoEscapeSequenceOfAFile) {
  std::string evil = ResultOf(100);
  evil.replace(evil.find("Sort"), 4, "\\u001b[2J");
  const Outcome outcome = Run({"--base", dir_.WriteFile("base.json", evil), "--new",
                               dir_.WriteFile("new.json", ResultOf(100))});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace loadline::cli
