#include "tools/loadline/limits/check.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "tests/tools/loadline/limits/planted_check.h"
#include "tests/tools/loadline/results/planted_runs.h"
#include "tools/loadline/samples/benchmark_rows.h"

namespace loadline::limits {
namespace {

using results::FailedRow;

using results::ResultFile;
using results::Row;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Check, PassesAndNamesTheWorstBenchmark) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), MakeRow("b", {{"x", 9}})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].worst, 9);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
  EXPECT_EQ(verdict.limits[0].benchmarks_measured, 2u);
}

TEST(Check, FailsWhenOneBenchmarkBreaksTheLimit) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 10}}), MakeRow("b", {{"x", 1}})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "a");
}

// A limit in mode "confident".
policy::Policy Confident(const std::string& require) {
  auto policy =
      policy::ParsePolicy("p.toml", absl::StrCat("[[limit]]\nbenchmarks = \"*\"\nrequire = \"",
                                                 require, "\"\nmode = \"confident\""));
  EXPECT_OK(policy);
  return policy.ok() ? *std::move(policy) : policy::Policy();
}

CheckVerdict CheckConfidentRate(double ok, double total) {
  const ResultFile file = MakeFile({MakeRow("a", {{"ops_ok", ok}, {"ops_total", total}})});
  return Check(Confident("rate(success) > 95%"), {file});
}

TEST(Check, ProvingMoreThan95PercentNeeds59Of59) {  // 0.95^59 = 0.0485, 0.95^58 = 0.0510
  EXPECT_EQ(CheckConfidentRate(59, 59).exit_code, results::ExitCode::kPass);
  const CheckVerdict verdict = CheckConfidentRate(58, 58);
  EXPECT_EQ(verdict.limits[0].outcome, Outcome::kInconclusive);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("needs at least 59 of 59"));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
  EXPECT_THAT(verdict.Headline(), HasSubstr("INCONCLUSIVE: 0 of 1 limits hold, 1 inconclusive"));
}

TEST(Check, ACopyOfAFileProvesNothing) {
  const ResultFile file = MakeFile({MakeRow("a", {{"ops_ok", 30}, {"ops_total", 30}})});
  ResultFile copy = file;
  copy.source = "copy.json";
  const CheckVerdict verdict = Check(Confident("rate(success) > 95%"), {file, copy});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
  EXPECT_THAT(verdict.problems, ElementsAre(HasSubstr("copy.json holds the same measurements as "
                                                      "r.json: one run does not count twice")));
  copy.context.emplace_back("date", "2026-01-02T03:04:05+00:00");
  EXPECT_EQ(Check(Confident("rate(success) > 95%"), {file, copy}).exit_code,
            results::ExitCode::kPass);
}

TEST(Check, AConfidentRateThatIsRefutedFails) {
  EXPECT_EQ(CheckConfidentRate(40, 59).exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(CheckConfidentRate(96, 100).exit_code, results::ExitCode::kInconclusive);
  EXPECT_EQ(CheckConfidentRate(0, 0).exit_code, results::ExitCode::kBroken);  // no operation at all
}

TEST(Check, AConfidentQuantileIsProvedByAsManyValues) {
  const policy::Policy policy = Confident("p95(x) < 10");
  std::vector<Row> rows;
  for (int i = 0; i < 58; ++i) rows.push_back(MakeRow("a", {{"x", 1}}));
  EXPECT_EQ(Check(policy, {MakeFile(rows)}).exit_code, results::ExitCode::kInconclusive);
  rows.push_back(MakeRow("a", {{"x", 1}}));
  EXPECT_EQ(Check(policy, {MakeFile(rows)}).exit_code, results::ExitCode::kPass);
  for (int i = 0; i < 20; ++i) rows.push_back(MakeRow("a", {{"x", 11}}));
  EXPECT_EQ(Check(policy, {MakeFile(rows)}).exit_code, results::ExitCode::kBroken);
}

TEST(Check, OneBenchmarkThatProvesNothingKeepsAConfidentLimitFromPassing) {
  const ResultFile file = MakeFile({MakeRow("a", {{"ops_ok", 990}, {"ops_total", 1000}}),
                                    MakeRow("b", {{"ops_ok", 5}, {"ops_total", 5}})});
  const CheckVerdict verdict = Check(Confident("rate(success) > 95%"), {file});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
}

TEST(Check, LeavesOutWhatTheLimitExcepts) {
  const ResultFile file = MakeFile({MakeRow("a", {{"x", 1}}), MakeRow("a_Peer", {{"x", 99}})});
  const auto policy = policy::ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nexcept = \"*_Peer\"\nrequire = \"max(x) < 10\"");
  ASSERT_OK(policy);
  const CheckVerdict verdict = Check(*policy, {file});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].benchmarks_matched, 1u);
}

TEST(Check, CallsALimitThatExceptsEverythingAnError) {
  const ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  const auto policy = policy::ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nexcept = \"a\"\nrequire = \"max(x) < 10\"");
  ASSERT_OK(policy);
  EXPECT_EQ(Check(*policy, {file}).exit_code, results::ExitCode::kInvalid);
}

TEST(Check, TakesTheSmallestForALowerLimit) {
  const CheckVerdict verdict =
      CheckOne("min(x) > 2", {MakeRow("a", {{"x", 5}}), MakeRow("b", {{"x", 3}})});
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
}

TEST(Check, TakesRepetitionsAsOneSample) {
  const CheckVerdict verdict = CheckOne(
      "median(x) < 10", {MakeRow("a/repeats:3", {{"x", 1}}), MakeRow("a/repeats:3", {{"x", 2}}),
                         MakeRow("a/repeats:3", {{"x", 99}})});
  EXPECT_EQ(verdict.limits[0].worst, 2);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "a/repeats:3");
  EXPECT_EQ(verdict.benchmarks, 1u);
}

TEST(Check, HoldsEveryArgumentToTheLimitWhateverItIsCalled) {
  const std::vector<Row> rows = {MakeRow("a/iterations:5", {{"x", 1}}),
                                 MakeRow("a/iterations:6", {{"x", 2}}),
                                 MakeRow("a/iterations:7", {{"x", 90}})};
  EXPECT_EQ(CheckOne("median(x) < 10", rows).exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(CheckOne("median(x) < 10", rows, "a/iterations:6").exit_code, results::ExitCode::kPass);
  EXPECT_EQ(CheckOne("median(x) < 10", rows, "a").limits[0].benchmarks_matched, 3u);
}

TEST(Check, HoldsEachBenchmarkOfOneNameToTheLimitByItselfAndSaysSo) {
  std::vector<Row> rows;
  for (const double x : {1, 2, 3, 90}) {
    rows.push_back(MakeRow("a", {{"x", x}}));
    rows.back().family_index = x > 50 ? 1 : 0;
  }
  const CheckVerdict verdict = CheckOne("median(x) < 10", rows);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(verdict.limits[0].worst, 90);
  EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("several benchmarks are named \"a\"")));
}

TEST(Check, TellsOfManyNamesOfSeveralBenchmarksInOneNote) {
  std::vector<Row> rows;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    for (const int64_t family : {0, 1, 2}) {
      rows.push_back(MakeRow(name, {{"x", 1}}));
      rows.back().family_index = family;
    }
  }
  EXPECT_THAT(CheckOne("median(x) < 10", rows).notes,
              ElementsAre(AllOf(HasSubstr("5 names are each of several benchmarks"),
                                HasSubstr("\"a\", \"b\", \"c\" and 2 more"))));
}

// A look at all that came before each row takes longer than anybody waits.
TEST(Check, TellsVeryManyBenchmarksOfOneNameApart) {
  constexpr int64_t kPlaces = 50'000;
  std::vector<Row> rows;
  for (int64_t i = 0; i < 2 * kPlaces; ++i) {
    rows.push_back(MakeRow("a", {}));
    rows.back().family_index = kPlaces - i % kPlaces;
  }
  const std::vector<ResultFile> files = {MakeFile(std::move(rows))};
  const std::vector<samples::BenchmarkRows> benchmarks = samples::GroupRows(files);
  ASSERT_EQ(benchmarks.size(), static_cast<size_t>(kPlaces));
  for (size_t i = 0; i < benchmarks.size(); ++i) {
    ASSERT_EQ(benchmarks[i].namesakes, i);
    ASSERT_EQ(benchmarks[i].measured.size(), 2u);
    ASSERT_EQ(benchmarks[i].measured[0].row, &files[0].rows[i]);
  }
}

Row Aggregate(const std::string& name, const std::string& aggregate) {
  Row row = MakeRow(name, {{"x", 1}});
  row.run_type = results::RunType::kAggregate;
  row.aggregate_name = aggregate;
  return row;
}

TEST(Check, SaysWhatToDoAboutABenchmarkThatHasOnlyAggregates) {
  for (const bool among_others : {false, true}) {
    std::vector<Row> rows = {Aggregate("lonely", "mean"), Aggregate("lonely", "median"),
                             Aggregate("fit", "BigO")};
    if (among_others) rows.push_back(MakeRow("b", {{"x", 1}}));
    const CheckVerdict verdict = CheckOne("max(x) < 10", rows);
    EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
    EXPECT_THAT(verdict.problems, ElementsAre(AllOf(HasSubstr("\"lonely\""),
                                                    HasSubstr("remove ReportAggregatesOnly()"))));
  }
}

TEST(Check, KeepsTheSameBenchmarkOfTwoHostsApart) {
  ResultFile one = MakeFile({MakeRow("a", {{"x", 1}})});
  ResultFile two = MakeFile({MakeRow("a", {{"x", 30}})});
  two.context = {{"host_name", "other"}};
  const std::vector<ResultFile> files = {one, two};
  const CheckVerdict verdict = Check(MakePolicy("median(x) < 20"), files);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(verdict.hosts.size(), 2u);
}

TEST(Check, IgnoresAggregates) {
  Row mean = MakeRow("a", {{"x", 1000}});
  mean.run_type = results::RunType::kAggregate;
  EXPECT_EQ(CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), mean}).exit_code,
            results::ExitCode::kPass);
}

TEST(Check, FailsOnAValueThatIsNotFinite) {
  for (double value : std::vector<double>{std::nan(""), INFINITY, -INFINITY}) {
    for (const char* require : {"max(x) < 10", "min(x) > -10", "median(x) <= 10"}) {
      const CheckVerdict verdict = CheckOne(
          require,
          {MakeRow("a", {{"x", 1}}), MakeRow("b", {{"x", value}}), MakeRow("c", {{"x", 2}})});
      EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken) << require << value;
      EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
      EXPECT_EQ(verdict.limits[0].WorstText(), "not finite");
    }
  }
}

TEST(Check, CallsAnUnknownCounterAnErrorAndGuessesTheRightOne) {
  const CheckVerdict verdict =
      CheckOne("max(rss_peek_bytes) < 1", {MakeRow("a", {{"rss_peak_bytes", 1}})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("did you mean \"rss_peak_bytes\"?"));
}

TEST(Check, CallsALimitThatMatchesNothingAnError) {
  const CheckVerdict verdict = CheckOne("max(x) < 1", {MakeRow("a", {{"x", 0}})}, "Init/*");
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
}

TEST(Check, NeverPassesWithAFailedBenchmark) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), FailedRow("b", "crashed")});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
  ASSERT_EQ(verdict.failures.size(), 1u);
  EXPECT_EQ(verdict.failures[0].message, "crashed");
}

TEST(Check, ABrokenLimitOutweighsAFailedBenchmark) {
  EXPECT_EQ(CheckOne("max(x) < 1", {MakeRow("a", {{"x", 1}}), FailedRow("b", "crashed")}).exit_code,
            results::ExitCode::kBroken);
}

TEST(Check, CallsALimitOverFailedBenchmarksNotMeasured) {
  EXPECT_EQ(CheckOne("max(x) < 1", {FailedRow("b", "crashed")}).exit_code,
            results::ExitCode::kNotMeasured);
}

TEST(Check, ShowsSkippedBenchmarksWithoutCallingThemFailed) {
  Row skipped = MakeRow("b", {});
  skipped.skipped = true;
  const CheckVerdict verdict = CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), skipped});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("1 benchmark skipped itself")));
  EXPECT_EQ(CheckOne("max(x) < 10", {skipped}).exit_code, results::ExitCode::kNotMeasured);
}

TEST(Check, NeverPassesAnIncompleteFile) {
  ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  file.context.emplace_back("loadline.incomplete", "true");
  EXPECT_EQ(Check(MakePolicy("max(x) < 10"), {file}).exit_code, results::ExitCode::kNotMeasured);
  EXPECT_EQ(Check(MakePolicy("max(x) < 10", "Init/*"), {file}).exit_code,
            results::ExitCode::kNotMeasured)
      << "the benchmark may be missing because the run was cut short";
}

TEST(Check, NothingComparedIsNeverAPass) {
  EXPECT_EQ(CheckOne("max(x) < 10", {}).exit_code, results::ExitCode::kNotMeasured);
  EXPECT_EQ(Check(MakePolicy("max(x) < 10"), {}).exit_code, results::ExitCode::kNotMeasured);
  EXPECT_EQ(Check(policy::Policy(), {MakeFile({MakeRow("a", {})})}).exit_code,
            results::ExitCode::kInvalid);
}

TEST(Check, OneEmptyFileAmongGoodOnesIsNoPass) {
  const std::vector<ResultFile> files = {MakeFile({MakeRow("a", {{"x", 1}})}), MakeFile({})};
  EXPECT_EQ(Check(MakePolicy("max(x) < 10"), files).exit_code, results::ExitCode::kNotMeasured);
}

TEST(Check, RateIsOperationsThatSucceededOfAllOfTheBenchmark) {
  const CheckVerdict verdict =
      CheckOne("rate(success) > 95%", {MakeRow("a", {{"ops_ok", 90}, {"ops_total", 100}}),
                                       MakeRow("a", {{"ops_ok", 900}, {"ops_total", 900}})});
  EXPECT_DOUBLE_EQ(*verdict.limits[0].worst, 99);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
}

TEST(Check, ARateOfNoOperationsFails) {
  EXPECT_EQ(
      CheckOne("rate(success) > 95%", {MakeRow("a", {{"ops_ok", 0}, {"ops_total", 0}})}).exit_code,
      results::ExitCode::kBroken);
}

TEST(Check, MoreSuccessesThanOperationsAreAnError) {
  EXPECT_EQ(
      CheckOne("rate(success) > 95%", {MakeRow("a", {{"ops_ok", 2}, {"ops_total", 1}})}).exit_code,
      results::ExitCode::kInvalid);
}

TEST(Check, JudgesTimesAsCounters) {
  EXPECT_EQ(CheckOne("max(real_time_ns) <= 10ns", {MakeRow("a", {})}).exit_code,
            results::ExitCode::kPass);
  EXPECT_EQ(CheckOne("max(cpu_time_ns) < 5ns", {MakeRow("a", {})}).exit_code,
            results::ExitCode::kBroken);
}

TEST(Check, WarnsThatOldThreadedRealTimeIsDivided) {
  Row row = MakeRow("a", {});
  row.threads = 4;
  ResultFile file = MakeFile({row});
  EXPECT_EQ(Check(MakePolicy("max(real_time_ns) < 1s"), {file}).notes.size(), 1u);
  file.context.emplace_back("library_version", "v1.9.1");
  EXPECT_TRUE(Check(MakePolicy("max(real_time_ns) < 1s"), {file}).notes.empty());
}

TEST(Check, SaysWhichHostAndNothingOfAReferenceThatThePolicyDoesNotName) {
  const ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  EXPECT_EQ(Check(MakePolicy("max(x) < 10"), {file}).Headline(),
            "PASS: 1 of 1 limits hold, measured on example");
}

TEST(Check, SaysWhetherTheHostIsThePolicysReference) {
  policy::Policy policy = MakePolicy("max(x) < 10");
  policy.reference = "the blue box";
  policy.reference_model = "Box 3000";
  ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  EXPECT_THAT(Check(policy, {file}).Headline(),
              HasSubstr("This is not the reference machine (the blue box)"));
  for (const char* key : {"hardware_model", "cpu_model", "name"}) {
    file.context = {{absl::StrCat("loadline.host.", key), "Box 3000"}};
    EXPECT_THAT(Check(policy, {file}).Headline(),
                ::testing::EndsWith(", the reference machine (the blue box)"))
        << key;
  }
}

TEST(ExitCode, FollowsTheFixedOrder) {
  const std::vector<results::ExitCode> order = {
      results::ExitCode::kInvalid,     results::ExitCode::kIncomparable, results::ExitCode::kBroken,
      results::ExitCode::kNotMeasured, results::ExitCode::kInconclusive, results::ExitCode::kPass};
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = i; j < order.size(); ++j) {
      EXPECT_EQ(results::Graver(order[i], order[j]), order[i]);
      EXPECT_EQ(results::Graver(order[j], order[i]), order[i]);
    }
  }
}

}  // namespace
}  // namespace loadline::limits
