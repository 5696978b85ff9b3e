#include "tools/loadline/limits/limit_verdict.h"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "tests/tools/loadline/limits/planted_check.h"

namespace loadline::limits {
namespace {

using results::ResultFile;
using results::Row;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(JudgeLimit, NamesTheBenchmarksThatLackTheCounterAndDoesNotPass) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 1}}), MakeRow("b", {}), MakeRow("c", {})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
  const LimitVerdict& limit = verdict.limits[0];
  EXPECT_EQ(limit.outcome, Outcome::kError);
  EXPECT_EQ(limit.benchmarks_matched, 3u);
  EXPECT_EQ(limit.benchmarks_measured, 1u);
  EXPECT_EQ(limit.rows_without_counter, 2u);
  EXPECT_THAT(limit.lacking, ElementsAre("b", "c"));
  EXPECT_THAT(limit.explanation,
              HasSubstr("2 rows do not have the counter \"x\": of \"b\", \"c\""));
}

TEST(JudgeLimit, OneRepetitionWithoutTheCounterIsNoPass) {
  const CheckVerdict verdict = CheckOne(
      "max(x) < 10", {MakeRow("a", {{"x", 1}}), MakeRow("a", {}), MakeRow("a", {{"x", 2}})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
  EXPECT_THAT(verdict.limits[0].lacking, ElementsAre("a"));
}

TEST(JudgeLimit, ARateThatOneBenchmarkCannotGiveIsNoPass) {
  const CheckVerdict verdict =
      CheckOne("rate(success) > 95%",
               {MakeRow("a", {{"ops_ok", 9}, {"ops_total", 9}}), MakeRow("b", {{"ops_ok", 9}})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
  EXPECT_THAT(verdict.limits[0].explanation,
              HasSubstr("1 row does not have both ops_ok and ops_total: of \"b\""));
}

TEST(JudgeLimit, AMissingCounterHidesNoBrokenMark) {
  const CheckVerdict verdict =
      CheckOne("max(x) < 10", {MakeRow("a", {{"x", 11}}), MakeRow("b", {})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(verdict.limits[0].outcome, Outcome::kFail);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("of \"b\""));
}

TEST(JudgeLimit, NamesAFewOfManyThatLackTheCounter) {
  std::vector<Row> rows = {MakeRow("a", {{"x", 1}})};
  for (int i = 0; i < 40; ++i) rows.push_back(MakeRow(absl::StrCat("b", i), {}));
  const CheckVerdict verdict = CheckOne("max(x) < 10", std::move(rows));
  EXPECT_EQ(verdict.limits[0].lacking.size(), 40u);
  EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("\"b4\" and 35 more;"));
}

TEST(JudgeLimit, LeavesOutWhatLacksTheCounterWhereThePolicySaysSo) {
  const auto policy = policy::ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(x) < 10\"\nmissing = \"skip\"");
  ASSERT_OK(policy);
  const CheckVerdict verdict =
      Check(*policy, {MakeFile({MakeRow("a", {{"x", 1}}), MakeRow("b", {})})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].explanation, "");
  EXPECT_EQ(Check(*policy, {MakeFile({MakeRow("b", {})})}).exit_code, results::ExitCode::kInvalid)
      << "a counter that nothing has is a mistake all the same";
}

TEST(JudgeLimit, CallsAValueThatNoMeasurementGivesAnErrorAndNamesItsRow) {
  for (const auto& [require, counter, value] :
       std::vector<std::tuple<const char*, const char*, double>>{
           {"p95(boot_ns) < 5s", "boot_ns", -3e9},
           {"min(boot_ms) > 1", "boot_ms", -2},
           {"max(rss_peak_bytes) < 5GB", "rss_peak_bytes", -1},
           {"min(success_pct) > 95", "success_pct", 104},
           {"min(bytes_per_second) > 1", "bytes_per_second", -1},
           {"min(recall_at_5) > 0.9", "recall_at_5", 1.5}}) {
    const CheckVerdict verdict =
        CheckOne(require, {MakeRow("fine", {{counter, 1}}), MakeRow("odd/3", {{counter, value}})});
    EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid) << require;
    EXPECT_THAT(verdict.limits[0].explanation, HasSubstr("in row \"odd/3\" of r.json")) << require;
  }
  Row row = MakeRow("a", {});
  row.cpu_time_ns = -5;
  EXPECT_EQ(CheckOne("max(cpu_time_ns) < 1s", {row}).exit_code, results::ExitCode::kInvalid);
}

TEST(JudgeLimit, TakesDifferencesBelowZero) {
  for (const char* counter : {"rss_net_bytes", "net_heap_growth", "clock_skew_ns", "balance",
                              "net_bytes_per_second", "ops_delta", "recall_delta"}) {
    EXPECT_EQ(CheckOne(absl::StrCat("max(", counter, ") < 10"), {MakeRow("a", {{counter, -4}})})
                  .exit_code,
              results::ExitCode::kPass)
        << counter;
  }
}

TEST(JudgeLimit, HoldsALimitOfTheMemoryManagersBytesAgainstMegabytes) {
  const std::vector<Row> rows = {MakeRow("a", {{"max_bytes_used", 4e6}})};
  EXPECT_EQ(CheckOne("max(max_bytes_used) < 5MB", rows).exit_code, results::ExitCode::kPass);
  const CheckVerdict verdict = CheckOne("max(max_bytes_used) < 3MB", rows);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(verdict.limits[0].WorstText(), "4 MB");
}

TEST(JudgeLimit, ReckonsInTheUnitThatThePolicyStates) {
  const auto policy = policy::ParsePolicy(
      "p.toml", "[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(arena) < 3MB\"\nunit = \"kB\"");
  ASSERT_OK(policy);
  const CheckVerdict verdict = Check(*policy, {MakeFile({MakeRow("a", {{"arena", 2500}})})});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_EQ(verdict.limits[0].WorstText(), "2.5 MB");
}

}  // namespace
}  // namespace loadline::limits
