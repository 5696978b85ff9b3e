#include "tools/loadline/samples/machine.h"

#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "tests/tools/loadline/limits/planted_check.h"
#include "tests/tools/loadline/results/planted_runs.h"

namespace loadline::samples {
namespace {

using limits::MakeFile;
using limits::MakePolicy;
using limits::MakeRow;
using results::SetContext;

using results::ResultFile;
using results::Row;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ResultFile LoadedFile(const char* before, const char* after) {
  ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  file.context = {{"host_name", "example"}, {"num_cpus", 4}};
  if (before != nullptr) file.context.emplace_back("loadline.load_before", before);
  if (after != nullptr) file.context.emplace_back("loadline.load_after", after);
  return file;
}

TEST(MachineLoad, IsToldBesidePassAndFail) {
  for (const char* require : {"max(x) < 10", "max(x) < 1"}) {
    const limits::CheckVerdict verdict =
        limits::Check(MakePolicy(require), {LoadedFile("0.5", "7.25")});
    EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("load 0.5 before and 7.25 after it, 4 CPUs")));
    EXPECT_THAT(verdict.Headline(), HasSubstr("measured on example (4 CPUs) while busy"));
  }
}

TEST(MachineLoad, CountsBeforeTheRunToo) {
  EXPECT_TRUE(limits::Check(MakePolicy("max(x) < 10"), {LoadedFile("2.1", nullptr)}).busy);
  ResultFile plain = LoadedFile(nullptr, nullptr);
  plain.context.emplace_back("load_avg", results::Json::Array{3, 0.5, 0.25});
  EXPECT_TRUE(limits::Check(MakePolicy("max(x) < 10"), {plain}).busy);
}

TEST(MachineLoad, CountsNoLoadThatTheRunMadeItself) {
  EXPECT_FALSE(limits::Check(MakePolicy("max(x) < 10"), {LoadedFile("0.1", "1.5")}).busy);
  ResultFile threaded = LoadedFile("0.1", "4.5");
  EXPECT_TRUE(limits::Check(MakePolicy("max(x) < 10"), {threaded}).busy);
  threaded.rows[0].threads = 16;  // on 4 CPUs
  EXPECT_FALSE(limits::Check(MakePolicy("max(x) < 10"), {threaded}).busy);
}

TEST(MachineLoad, IsThatOfTheBusiestOfSeveralFiles) {
  ResultFile worst = LoadedFile("9", "8");
  worst.source = "worst.json";
  const std::vector<ResultFile> files = {LoadedFile("3", "1"), worst, LoadedFile("0", "1")};
  EXPECT_THAT(limits::Check(MakePolicy("max(x) < 10"), files).notes,
              ElementsAre(::testing::StartsWith("worst.json and 1 more: the machine was busy")));
}

TEST(MachineLoad, IsNotSaidToBeThatOfTheRunWhereOnlyWhatWasBeforeItIsKnown) {
  EXPECT_THAT(limits::Check(MakePolicy("max(x) < 10"), {LoadedFile("2.1", nullptr)}).notes,
              ElementsAre(HasSubstr("the machine was busy before the run (load 2.1 before it")));
  EXPECT_THAT(limits::Check(MakePolicy("max(x) < 10"), {LoadedFile("0.1", "7")}).notes,
              ElementsAre(HasSubstr("the machine was busy during the run")));
}

TEST(MachineLoad, IsNotKnownWhereGoogleBenchmarkSaysWhatNoLoadIs) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double load : {infinity, -infinity, std::nan(""), -1.0}) {
    ResultFile plain = LoadedFile(nullptr, nullptr);
    plain.context.emplace_back("load_avg", results::Json::Array{load, 0.5, 0.25});
    EXPECT_TRUE(limits::Check(MakePolicy("max(x) < 10"), {plain}).notes.empty()) << load;
  }
}

TEST(MachineLoad, IsNotKnownWhereNoMachineHasSoManyProcessors) {
  for (const double cpus : {1e300, 1e9, 0.0, -4.0}) {
    ResultFile file = LoadedFile("9", "9");
    SetContext(file, "num_cpus", cpus);
    EXPECT_FALSE(LoadOf(file).has_value()) << cpus;
  }
}

TEST(MachineLoad, IsNotKnownWhereItIsNoNumber) {
  for (const char* load : {"nan", "inf", "-9", "unavailable", ""}) {
    EXPECT_TRUE(limits::Check(MakePolicy("max(x) < 10"), {LoadedFile(load, load)}).notes.empty())
        << load;
  }
}

}  // namespace
}  // namespace loadline::samples
