#include "tools/loadline/judge/check.h"

#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"

namespace loadline::judge {
namespace {

using results::ResultFile;
using results::Row;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Row MakeRow(const std::string& name, results::Counters counters) {
  Row row;
  row.name = row.run_name = name;
  row.iterations = 1;
  row.real_time_ns = 10;
  row.cpu_time_ns = 5;
  row.counters = std::move(counters);
  return row;
}

ResultFile MakeFile(std::vector<Row> rows) {
  ResultFile file;
  file.source = "r.json";
  file.context = {{"host_name", "example"}};
  file.rows = std::move(rows);
  return file;
}

Policy MakePolicy(const std::string& require, const std::string& glob = "*") {
  auto policy = ParsePolicy("p.toml", absl::StrCat("[[limit]]\nbenchmarks = \"", glob,
                                                   "\"\nrequire = \"", require, "\""));
  EXPECT_OK(policy);
  return policy.ok() ? *std::move(policy) : Policy();
}

CheckVerdict CheckOne(const std::string& require, std::vector<Row> rows,
                      const std::string& glob = "*") {
  const ResultFile file = MakeFile(std::move(rows));
  return Check(MakePolicy(require, glob), {file});
}

TEST(Check, PassesAndNamesTheWorstBenchmark) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), MakeRow("b", {{"x", 9}})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].worst, 9);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
  EXPECT_EQ(verdict.limits[0].benchmarks_measured, 2u);
}

TEST(Check, FailsWhenOneBenchmarkBreaksTheLimit) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 10}}), MakeRow("b", {{"x", 1}})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kBroken);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "a");
}

// A limit in mode "confident".
Policy Confident(const std::string& require) {
  auto policy = ParsePolicy("p.toml", absl::StrCat("[[limit]]\nbenchmarks = \"*\"\nrequire = \"",
                                                   require, "\"\nmode = \"confident\""));
  EXPECT_OK(policy);
  return policy.ok() ? *std::move(policy) : Policy();
}

CheckVerdict CheckConfidentRate(double ok, double total) {
  const ResultFile file = MakeFile({MakeRow("a", {{"ops_ok", ok}, {"ops_total", total}})});
  return Check(Confident("rate(success) > 95%"), {file});
}

TEST(Check, ProvingMoreThan95PercentNeeds59Of59) {  // 0.95^59 = 0.0485, 0.95^58 = 0.0510
  EXPECT_EQ(CheckConfidentRate(59, 59).exit_code, ExitCode::kPass);
  const CheckVerdict verdict = CheckConfidentRate(58, 58);
  EXPECT_EQ(verdict.limits[0].outcome, Outcome::kInconclusive);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("needs at least 59 of 59"));
  EXPECT_EQ(verdict.exit_code, ExitCode::kInconclusive);
  EXPECT_THAT(verdict.Headline(), HasSubstr("INCONCLUSIVE: 0 of 1 limits hold, 1 inconclusive"));
}

TEST(Check, ACopyOfAFileProvesNothing) {
  const ResultFile file = MakeFile({MakeRow("a", {{"ops_ok", 30}, {"ops_total", 30}})});
  ResultFile copy = file;
  copy.source = "copy.json";
  const CheckVerdict verdict = Check(Confident("rate(success) > 95%"), {file, copy});
  EXPECT_EQ(verdict.exit_code, ExitCode::kInvalid);
  EXPECT_THAT(verdict.problems, ElementsAre(HasSubstr("copy.json holds the same measurements as "
                                                      "r.json: one run does not count twice")));
  copy.context.emplace_back("date", "2026-01-02T03:04:05+00:00");
  EXPECT_EQ(Check(Confident("rate(success) > 95%"), {file, copy}).exit_code, ExitCode::kPass);
}

TEST(Check, AConfidentRateThatIsRefutedFails) {
  EXPECT_EQ(CheckConfidentRate(40, 59).exit_code, ExitCode::kBroken);
  EXPECT_EQ(CheckConfidentRate(96, 100).exit_code, ExitCode::kInconclusive);
  EXPECT_EQ(CheckConfidentRate(0, 0).exit_code, ExitCode::kBroken);  // no operation at all
}

TEST(Check, AConfidentQuantileIsProvedByAsManyValues) {
  const Policy policy = Confident("p95(x) < 10");
  std::vector<Row> rows;
  for (int i = 0; i < 58; ++i) rows.push_back(MakeRow("a", {{"x", 1}}));
  EXPECT_EQ(Check(policy, {MakeFile(rows)}).exit_code, ExitCode::kInconclusive);
  rows.push_back(MakeRow("a", {{"x", 1}}));
  EXPECT_EQ(Check(policy, {MakeFile(rows)}).exit_code, ExitCode::kPass);
  for (int i = 0; i < 20; ++i) rows.push_back(MakeRow("a", {{"x", 11}}));
  EXPECT_EQ(Check(policy, {MakeFile(rows)}).exit_code, ExitCode::kBroken);
}

TEST(Check, OneBenchmarkThatProvesNothingKeepsAConfidentLimitFromPassing) {
  const ResultFile file = MakeFile({MakeRow("a", {{"ops_ok", 990}, {"ops_total", 1000}}),
                                    MakeRow("b", {{"ops_ok", 5}, {"ops_total", 5}})});
  const CheckVerdict verdict = Check(Confident("rate(success) > 95%"), {file});
  EXPECT_EQ(verdict.exit_code, ExitCode::kInconclusive);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
}

TEST(Check, LeavesOutWhatTheLimitExcepts) {
  const ResultFile file = MakeFile({MakeRow("a", {{"x", 1}}), MakeRow("a_Peer", {{"x", 99}})});
  const auto policy = ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nexcept = \"*_Peer\"\nrequire = \"max(x) < 10\"");
  ASSERT_OK(policy);
  const CheckVerdict verdict = Check(*policy, {file});
  EXPECT_EQ(verdict.exit_code, ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].benchmarks_matched, 1u);
}

TEST(Check, CallsALimitThatExceptsEverythingAnError) {
  const ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  const auto policy = ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nexcept = \"a\"\nrequire = \"max(x) < 10\"");
  ASSERT_OK(policy);
  EXPECT_EQ(Check(*policy, {file}).exit_code, ExitCode::kInvalid);
}

TEST(Check, TakesTheSmallestForALowerLimit) {
  const CheckVerdict verdict =
      CheckOne("min(x) > 2", {MakeRow("a", {{"x", 5}}), MakeRow("b", {{"x", 3}})});
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
  EXPECT_EQ(verdict.exit_code, ExitCode::kPass);
}

TEST(Check, TakesRepetitionsAsOneSample) {
  const CheckVerdict verdict = CheckOne(
      "median(x) < 10", {MakeRow("a/repeats:3", {{"x", 1}}), MakeRow("a/repeats:3", {{"x", 2}}),
                         MakeRow("a/repeats:3", {{"x", 99}})});
  EXPECT_EQ(verdict.limits[0].worst, 2);
  EXPECT_EQ(verdict.limits[0].worst_benchmark, "a");
  EXPECT_EQ(verdict.benchmarks, 1u);
}

TEST(Check, KeepsTheSameBenchmarkOfTwoHostsApart) {
  ResultFile one = MakeFile({MakeRow("a", {{"x", 1}})});
  ResultFile two = MakeFile({MakeRow("a", {{"x", 30}})});
  two.context = {{"host_name", "other"}};
  const std::vector<ResultFile> files = {one, two};
  const CheckVerdict verdict = Check(MakePolicy("median(x) < 20"), files);
  EXPECT_EQ(verdict.exit_code, ExitCode::kBroken);
  EXPECT_EQ(verdict.hosts.size(), 2u);
}

TEST(Check, IgnoresAggregates) {
  Row mean = MakeRow("a", {{"x", 1000}});
  mean.run_type = results::RunType::kAggregate;
  EXPECT_EQ(CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), mean}).exit_code, ExitCode::kPass);
}

TEST(Check, FailsOnAValueThatIsNotFinite) {
  for (double value : std::vector<double>{std::nan(""), INFINITY, -INFINITY}) {
    for (const char* require : {"max(x) < 10", "min(x) > -10", "median(x) <= 10"}) {
      const CheckVerdict verdict = CheckOne(
          require,
          {MakeRow("a", {{"x", 1}}), MakeRow("b", {{"x", value}}), MakeRow("c", {{"x", 2}})});
      EXPECT_EQ(verdict.exit_code, ExitCode::kBroken) << require << value;
      EXPECT_EQ(verdict.limits[0].worst_benchmark, "b");
      EXPECT_EQ(verdict.limits[0].WorstText(), "not finite");
    }
  }
}

TEST(Check, CallsAnUnknownCounterAnErrorAndGuessesTheRightOne) {
  const CheckVerdict verdict =
      CheckOne("max(rss_peek_bytes) < 1", {MakeRow("a", {{"rss_peak_bytes", 1}})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kInvalid);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("did you mean \"rss_peak_bytes\"?"));
}

TEST(Check, CallsALimitThatMatchesNothingAnError) {
  const CheckVerdict verdict = CheckOne("max(x) < 1", {MakeRow("a", {{"x", 0}})}, "Init/*");
  EXPECT_EQ(verdict.exit_code, ExitCode::kInvalid);
}

TEST(Check, NamesTheBenchmarksThatLackTheCounterAndDoesNotPass) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), MakeRow("b", {}), MakeRow("c", {})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kNotMeasured);
  const LimitVerdict& limit = verdict.limits[0];
  EXPECT_EQ(limit.outcome, Outcome::kError);
  EXPECT_EQ(limit.benchmarks_matched, 3u);
  EXPECT_EQ(limit.benchmarks_measured, 1u);
  EXPECT_EQ(limit.rows_without_counter, 2u);
  EXPECT_THAT(limit.lacking, ElementsAre("b", "c"));
  EXPECT_THAT(limit.explanation,
              HasSubstr("2 rows do not have the counter \"x\": of \"b\", \"c\""));
}

TEST(Check, OneRepetitionWithoutTheCounterIsNoPass) {
  const CheckVerdict verdict = CheckOne(
      "max(x) < 10", {MakeRow("a", {{"x", 1}}), MakeRow("a", {}), MakeRow("a", {{"x", 2}})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kNotMeasured);
  EXPECT_THAT(verdict.limits[0].lacking, ElementsAre("a"));
}

TEST(Check, ARateThatOneBenchmarkCannotGiveIsNoPass) {
  const CheckVerdict verdict =
      CheckOne("rate(success) > 95%",
               {MakeRow("a", {{"ops_ok", 9}, {"ops_total", 9}}), MakeRow("b", {{"ops_ok", 9}})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kNotMeasured);
  EXPECT_THAT(verdict.limits[0].explanation,
              HasSubstr("1 row does not have both ops_ok and ops_total: of \"b\""));
}

TEST(Check, AMissingCounterHidesNoBrokenMark) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 11}}), MakeRow("b", {})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kBroken);
  EXPECT_EQ(verdict.limits[0].outcome, Outcome::kFail);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("of \"b\""));
}

TEST(Check, NamesAFewOfManyThatLackTheCounter) {
  std::vector<Row> rows = {MakeRow("a", {{"x", 1}})};
  for (int i = 0; i < 40; ++i) rows.push_back(MakeRow(absl::StrCat("b", i), {}));
  const CheckVerdict verdict = CheckOne("max(x) < 10", std::move(rows));
  EXPECT_EQ(verdict.limits[0].lacking.size(), 40u);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("\"b4\" and 35 more;"));
}

TEST(Check, LeavesOutWhatLacksTheCounterWhereThePolicySaysSo) {
  const auto policy = ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(x) < 10\"\nmissing = \"skip\"");
  ASSERT_OK(policy);
  const CheckVerdict verdict =
      Check(*policy, {MakeFile({MakeRow("a", {{"x", 1}}), MakeRow("b", {})})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].explanation, "");
  EXPECT_EQ(Check(*policy, {MakeFile({MakeRow("b", {})})}).exit_code, ExitCode::kInvalid)
      << "a counter that nothing has is a mistake all the same";
}

TEST(Check, CallsAValueThatNoMeasurementGivesAnErrorAndNamesItsRow) {
  for (const auto& [require, counter, value] :
       std::vector<std::tuple<const char*, const char*, double>>{
           {"p95(boot_ns) < 5s", "boot_ns", -3e9},
           {"min(boot_ms) > 1", "boot_ms", -2},
           {"max(rss_peak_bytes) < 5GB", "rss_peak_bytes", -1},
           {"min(success_pct) > 95", "success_pct", 104},
           {"min(recall_at_5) > 0.9", "recall_at_5", 1.5}}) {
    const CheckVerdict verdict =
        CheckOne(require, {MakeRow("fine", {{counter, 1}}), MakeRow("odd/3", {{counter, value}})});
    EXPECT_EQ(verdict.exit_code, ExitCode::kInvalid) << require;
    EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("in row \"odd/3\" of r.json")) << require;
  }
  Row row = MakeRow("a", {});
  row.cpu_time_ns = -5;
  EXPECT_EQ(CheckOne("max(cpu_time_ns) < 1s", {row}).exit_code, ExitCode::kInvalid);
}

TEST(Check, TakesDifferencesBelowZero) {
  for (const char* counter : {"rss_net_bytes", "net_heap_growth", "clock_skew_ns", "balance"}) {
    EXPECT_EQ(CheckOne(absl::StrCat("max(", counter, ") < 10"), {MakeRow("a", {{counter, -4}})})
                  .exit_code,
              ExitCode::kPass)
        << counter;
  }
}

TEST(Check, HoldsALimitOfTheMemoryManagersBytesAgainstMegabytes) {
  const std::vector<Row> rows = {MakeRow("a", {{"max_bytes_used", 4e6}})};
  EXPECT_EQ(CheckOne("max(max_bytes_used) < 5MB", rows).exit_code, ExitCode::kPass);
  const CheckVerdict verdict = CheckOne("max(max_bytes_used) < 3MB", rows);
  EXPECT_EQ(verdict.exit_code, ExitCode::kBroken);
  EXPECT_EQ(verdict.limits[0].WorstText(), "4 MB");
}

TEST(Check, ReckonsInTheUnitThatThePolicyStates) {
  const auto policy = ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(arena) < 3MB\"\nunit = \"kB\"");
  ASSERT_OK(policy);
  const CheckVerdict verdict = Check(*policy, {MakeFile({MakeRow("a", {{"arena", 2500}})})});
  EXPECT_EQ(verdict.exit_code, ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].WorstText(), "2.5 MB");
}

Row FailedRow(const std::string& name) {
  Row row = MakeRow(name, {});
  row.error_occurred = true;
  row.error_message = "crashed";
  return row;
}

TEST(Check, NeverPassesWithAFailedBenchmark) {
  const CheckVerdict verdict = CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), FailedRow("b")});
  EXPECT_EQ(verdict.exit_code, ExitCode::kNotMeasured);
  ASSERT_EQ(verdict.failures.size(), 1u);
  EXPECT_EQ(verdict.failures[0].message, "crashed");
}

TEST(Check, ABrokenLimitOutweighsAFailedBenchmark) {
  EXPECT_EQ(CheckOne("max(x) < 1", {MakeRow("a", {{"x", 1}}), FailedRow("b")}).exit_code,
            ExitCode::kBroken);
}

TEST(Check, CallsALimitOverFailedBenchmarksNotMeasured) {
  EXPECT_EQ(CheckOne("max(x) < 1", {FailedRow("b")}).exit_code, ExitCode::kNotMeasured);
}

TEST(Check, ShowsSkippedBenchmarksWithoutCallingThemFailed) {
  Row skipped = MakeRow("b", {});
  skipped.skipped = true;
  const CheckVerdict verdict = CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), skipped});
  EXPECT_EQ(verdict.exit_code, ExitCode::kPass);
  EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("1 benchmark skipped itself")));
  EXPECT_EQ(CheckOne("max(x) < 10", {skipped}).exit_code, ExitCode::kNotMeasured);
}

TEST(Check, NeverPassesAnIncompleteFile) {
  ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  file.context.emplace_back("loadline.incomplete", "true");
  EXPECT_EQ(Check(MakePolicy("max(x) < 10"), {file}).exit_code, ExitCode::kNotMeasured);
  EXPECT_EQ(Check(MakePolicy("max(x) < 10", "Init/*"), {file}).exit_code, ExitCode::kNotMeasured)
      << "the benchmark may be missing because the run was cut short";
}

TEST(Check, NothingComparedIsNeverAPass) {
  EXPECT_EQ(CheckOne("max(x) < 10", {}).exit_code, ExitCode::kNotMeasured);
  EXPECT_EQ(Check(MakePolicy("max(x) < 10"), {}).exit_code, ExitCode::kNotMeasured);
  EXPECT_EQ(Check(Policy(), {MakeFile({MakeRow("a", {})})}).exit_code, ExitCode::kInvalid);
}

TEST(Check, OneEmptyFileAmongGoodOnesIsNoPass) {
  const std::vector<ResultFile> files = {MakeFile({MakeRow("a", {{"x", 1}})}), MakeFile({})};
  EXPECT_EQ(Check(MakePolicy("max(x) < 10"), files).exit_code, ExitCode::kNotMeasured);
}

TEST(Check, RateIsOperationsThatSucceededOfAllOfTheBenchmark) {
  const CheckVerdict verdict =
      CheckOne("rate(success) > 95%", {MakeRow("a", {{"ops_ok", 90}, {"ops_total", 100}}),
                                       MakeRow("a", {{"ops_ok", 900}, {"ops_total", 900}})});
  EXPECT_DOUBLE_EQ(*verdict.limits[0].worst, 99);
  EXPECT_EQ(verdict.exit_code, ExitCode::kPass);
}

TEST(Check, ARateOfNoOperationsFails) {
  EXPECT_EQ(
      CheckOne("rate(success) > 95%", {MakeRow("a", {{"ops_ok", 0}, {"ops_total", 0}})}).exit_code,
      ExitCode::kBroken);
}

TEST(Check, MoreSuccessesThanOperationsAreAnError) {
  EXPECT_EQ(
      CheckOne("rate(success) > 95%", {MakeRow("a", {{"ops_ok", 2}, {"ops_total", 1}})}).exit_code,
      ExitCode::kInvalid);
}

TEST(Check, JudgesTimesAsCounters) {
  EXPECT_EQ(CheckOne("max(real_time_ns) <= 10ns", {MakeRow("a", {})}).exit_code, ExitCode::kPass);
  EXPECT_EQ(CheckOne("max(cpu_time_ns) < 5ns", {MakeRow("a", {})}).exit_code, ExitCode::kBroken);
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
  Policy policy = MakePolicy("max(x) < 10");
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

ResultFile LoadedFile(const char* before, const char* after) {
  ResultFile file = MakeFile({MakeRow("a", {{"x", 1}})});
  file.context = {{"host_name", "example"}, {"num_cpus", 4}};
  if (before != nullptr) file.context.emplace_back("loadline.load_before", before);
  if (after != nullptr) file.context.emplace_back("loadline.load_after", after);
  return file;
}

TEST(Check, SaysThatTheMachineWasBusyBesidePassAndFail) {
  for (const char* require : {"max(x) < 10", "max(x) < 1"}) {
    const CheckVerdict verdict = Check(MakePolicy(require), {LoadedFile("0.5", "7.25")});
    EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("load 0.5 before and 7.25 after it, 4 CPUs")));
    EXPECT_THAT(verdict.Headline(), HasSubstr("measured on example (4 CPUs) while busy"));
  }
}

TEST(Check, SaysThatTheMachineWasBusyWhenTheRunBegan) {
  EXPECT_TRUE(Check(MakePolicy("max(x) < 10"), {LoadedFile("2.1", nullptr)}).busy);
  ResultFile plain = LoadedFile(nullptr, nullptr);
  plain.context.emplace_back("load_avg", results::Json::Array{3, 0.5, 0.25});
  EXPECT_TRUE(Check(MakePolicy("max(x) < 10"), {plain}).busy);
}

TEST(Check, CountsNoLoadThatTheRunMadeItself) {
  EXPECT_FALSE(Check(MakePolicy("max(x) < 10"), {LoadedFile("0.1", "1.5")}).busy);
  ResultFile threaded = LoadedFile("0.1", "4.5");
  EXPECT_TRUE(Check(MakePolicy("max(x) < 10"), {threaded}).busy);
  threaded.rows[0].threads = 16;  // on 4 CPUs
  EXPECT_FALSE(Check(MakePolicy("max(x) < 10"), {threaded}).busy);
}

TEST(Check, NamesTheBusiestOfSeveralFiles) {
  ResultFile worst = LoadedFile("9", "8");
  worst.source = "worst.json";
  const std::vector<ResultFile> files = {LoadedFile("3", "1"), worst, LoadedFile("0", "1")};
  EXPECT_THAT(Check(MakePolicy("max(x) < 10"), files).notes,
              ElementsAre(::testing::StartsWith("worst.json and 1 more: the machine was busy")));
}

TEST(Check, SaysNothingOfALoadThatIsNoNumber) {
  for (const char* load : {"nan", "inf", "-9", "unavailable", ""}) {
    EXPECT_TRUE(Check(MakePolicy("max(x) < 10"), {LoadedFile(load, load)}).notes.empty()) << load;
  }
}

TEST(ExitCode, FollowsTheFixedOrder) {
  const std::vector<ExitCode> order = {ExitCode::kInvalid,      ExitCode::kIncomparable,
                                       ExitCode::kBroken,       ExitCode::kNotMeasured,
                                       ExitCode::kInconclusive, ExitCode::kPass};
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = i; j < order.size(); ++j) {
      EXPECT_EQ(Graver(order[i], order[j]), order[i]);
      EXPECT_EQ(Graver(order[j], order[i]), order[i]);
    }
  }
}

}  // namespace
}  // namespace loadline::judge
