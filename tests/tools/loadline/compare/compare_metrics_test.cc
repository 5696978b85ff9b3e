// Which figures of a benchmark are compared, which of them decide, and which way is better.

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/loadline/compare/planted_comparison.h"
#include "tests/tools/loadline/results/planted_runs.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/report/compare_prose.h"

namespace loadline::compare {
namespace {

using results::Deviation;
using results::PlantedRow;
using results::PlantedRows;

using results::Row;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CompareMetrics, JudgesMemory) {
  const CompareVerdict verdict = CompareRows(WithCounter("rss_peak_bytes", 1e8, 0.001, 0),
                                             WithCounter("rss_peak_bytes", 1.1e8, 0.001, 1));
  EXPECT_EQ(FindChange(verdict, kName, "rss_peak_bytes")->finding, Finding::kRegressed);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
}

TEST(CompareMetrics, KnowsThatLessThroughputIsWorse) {
  const CompareVerdict verdict = CompareRows(WithCounter("bytes_per_second", 1e9, 0.01, 0),
                                             WithCounter("bytes_per_second", 1e6, 0.01, 1));
  const Change* change = FindChange(verdict, kName, "bytes_per_second");
  EXPECT_EQ(change->finding, Finding::kRegressed);
  EXPECT_NEAR(change->change->estimate, -0.999, 0.001);
  EXPECT_LT(*change->detectable, 0);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
}

TEST(CompareMetrics, AsksOnceWhereARateIsSoMuchOverATime) {
  const auto rows = [](double nanos, double items, int phase) {
    std::vector<Row> rows = PlantedRows(kName, nanos, 0.01, 10, phase);
    for (Row& row : rows) row.counters["items_per_second"] = items * 1e9 / *row.cpu_time_ns;
    return rows;
  };
  CompareVerdict verdict = CompareRows(rows(1000, 64, 0), rows(1000, 64, 1));
  EXPECT_EQ(verdict.times.size, 1U);
  EXPECT_FALSE(FindChange(verdict, kName, "items_per_second")->gated);
  verdict = CompareRows(rows(1000, 64, 0), rows(1000, 32, 1));
  EXPECT_EQ(verdict.times.size, 2U);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  verdict = CompareRows(rows(1000, 64, 0), rows(1000, 64, 1),
                        PolicyOf("[compare]\nmetrics = \"items_per_second\""));
  EXPECT_TRUE(FindChange(verdict, kName, "items_per_second")->gated);
}

TEST(CompareMetrics, HoldsAllocationsExactlyEvenOfOneProcess) {
  double nanos = 1000;
  const auto one = [&](double allocations) {
    Row row = PlantedRow(kName, ++nanos);  // no two runs measure the same
    row.counters["allocs_per_op"] = allocations;
    return std::vector<Row>{row};
  };
  CompareVerdict verdict = CompareRows(one(2), one(1000), {}, {}, 1);
  EXPECT_EQ(FindChange(verdict, kName, "allocs_per_op")->method, Method::kExact);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  verdict = CompareRows(one(2), one(2), {}, {}, 1);
  EXPECT_EQ(FindChange(verdict, kName, "allocs_per_op")->finding, Finding::kSame);
  verdict = CompareRows(one(0), one(1), {}, {}, 1);
  EXPECT_EQ(FindChange(verdict, kName, "allocs_per_op")->finding, Finding::kRegressed);
  EXPECT_TRUE(FindChange(verdict, kName, "allocs_per_op")->change->absolute);
  // What one process counted as a fraction may be another number in the next.
  verdict = CompareRows(one(2.25), one(2.5), {}, {}, 1);
  EXPECT_EQ(FindChange(verdict, kName, "allocs_per_op")->finding, Finding::kOpen);
}

TEST(CompareMetrics, MakesLabelsOfFlagsAndComparesNoneEvenWhereTheGateMatchesTheirName) {
  std::vector<Row> base = WithCounter("rss_peak_bytes", 1e8, 0.001, 0);
  std::vector<Row> candidate = WithCounter("rss_peak_bytes", 1e8, 0.001, 1);
  for (Row& row : base) row.counters["rss_isolated"] = row.counters["quantized"] = 1;
  for (Row& row : candidate) row.counters["rss_isolated"] = row.counters["oversubscribed"] = 0;
  const policy::Policy policy = PolicyOf("[compare]\nmetrics = [\"rss_*\", \"*u*\"]");
  const CompareVerdict verdict = CompareRows(base, candidate, policy);
  for (const char* flag : {"rss_isolated", "quantized", "oversubscribed"}) {
    EXPECT_EQ(FindChange(verdict, kName, flag), nullptr) << flag;
  }
  EXPECT_TRUE(Find(verdict, kName)->has(Label::kMemoryShared));
  EXPECT_TRUE(Find(verdict, kName)->has(Label::kQuantized));
  EXPECT_FALSE(Find(verdict, kName)->has(Label::kOversubscribed));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
}

TEST(CompareMetrics, TakesAGateOnAFlagForAGateOnNothing) {
  std::vector<Row> base = WithCounter("rss_isolated", 1, 0, 0);
  const CompareVerdict verdict = CompareRows(base, WithCounter("rss_isolated", 1, 0, 1),
                                             PolicyOf("[compare]\nmetrics = \"rss_isolated\""));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
  EXPECT_THAT(verdict.problems,
              Contains("the policy gates \"rss_isolated\", which is a label (yes or no), not a "
                       "metric: a label is told and never judged"));
}

TEST(CompareMetrics, SaysWhichSideHasAMetricInSomeProcessesOnly) {
  std::vector<Row> candidate = WithCounter("rss_peak_bytes", 1e8, 0.001, 1);
  for (size_t i = 0; i < 3; ++i) candidate[i].counters = {};
  const CompareVerdict verdict =
      CompareRows(WithCounter("rss_peak_bytes", 1e8, 0.001, 0), candidate);
  const Change* change = FindChange(verdict, kName, "rss_peak_bytes");
  EXPECT_EQ(report::Explain(verdict, *Find(verdict, kName), *change),
            "only 7 of 10 processes of the new side have this metric");
  EXPECT_EQ(
      report::Explain(verdict, *Find(verdict, kName), *FindChange(verdict, kName, "cpu_time_ns")),
      "");
}

TEST(CompareMetrics, SaysHowManyProcessesAnOpenQuestionNeeds) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.4, 10, 0), PlantedRows(kName, 1020, 0.4, 10, 3));
  const Change* change = FindChange(verdict, kName, "cpu_time_ns");
  ASSERT_EQ(change->finding, Finding::kOpen);
  ASSERT_TRUE(change->processes_to_tell.has_value());
  EXPECT_GT(*change->processes_to_tell, 10U);
  EXPECT_THAT(report::Explain(verdict, *Find(verdict, kName), *change),
              HasSubstr("--repetitions "));
}

TEST(CompareMetrics, AsksForNoNumberOfProcessesThatNobodyCanRun) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.9, 10, 0), PlantedRows(kName, 1020, 0.9, 10, 3));
  const Change* change = FindChange(verdict, kName, "cpu_time_ns");
  ASSERT_EQ(change->finding, Finding::kOpen);
  EXPECT_THAT(report::Explain(verdict, *Find(verdict, kName), *change),
              HasSubstr("more than 1000 processes a side: let each measure longer"));
}

TEST(CompareMetrics, ReportsACounterOfUnknownDirectionWithoutGatingIt) {
  const CompareVerdict verdict =
      CompareRows(WithCounter("widgets", 10, 0.01, 0), WithCounter("widgets", 20, 0.01, 1));
  const Change* change = FindChange(verdict, kName, "widgets");
  EXPECT_EQ(change->finding, Finding::kChanged);
  EXPECT_FALSE(change->gated);
  EXPECT_EQ(change->direction, policy::Direction::kUnknown);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
}

TEST(CompareMetrics, ThePolicyCanGateACounterAndSayWhichWayIsBetter) {
  const policy::Policy policy = PolicyOf(
      "[[compare.override]]\nmetrics = \"widgets\"\ngate = true\n"
      "direction = \"lower\"\nmargin = \"50%\"\n");
  const auto base = WithCounter("widgets", 10, 0.01, 0);
  EXPECT_EQ(CompareRows(base, WithCounter("widgets", 20, 0.01, 1), policy).exit_code,
            results::ExitCode::kBroken);
  EXPECT_EQ(CompareRows(base, WithCounter("widgets", 14, 0.01, 1), policy).exit_code,
            results::ExitCode::kPass);
}

TEST(CompareMetrics, AGateOnAnUnknownDirectionOrOnNothingIsAnError) {
  const auto base = WithCounter("widgets", 10, 0.01, 0);
  const auto candidate = WithCounter("widgets", 10, 0.01, 1);
  CompareVerdict verdict =
      CompareRows(base, candidate, PolicyOf("[compare]\nmetrics = [\"widgets\", \"cpu_time_ns\"]"));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
  EXPECT_THAT(verdict.problems, ElementsAre(HasSubstr("no better direction is known")));
  verdict = CompareRows(base, candidate, PolicyOf("[compare]\nmetrics = \"cpu_tim_ns\""));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
  EXPECT_THAT(verdict.problems, Contains(HasSubstr("did you mean \"cpu_time_ns\"?")));
  verdict = CompareRows(base, candidate,
                        PolicyOf("[[compare.override]]\nbenchmarks = \"BM_Srot*\"\nmargin = 0.2"));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
}

TEST(CompareMetrics, AMetricThatIsGoneIsMissing) {
  const CompareVerdict verdict = CompareRows(WithCounter("rss_peak_bytes", 1e8, 0.001, 0),
                                             PlantedRows(kName, 1000, 0.01, 10, 1));
  EXPECT_EQ(FindChange(verdict, kName, "rss_peak_bytes")->finding, Finding::kMissing);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
}

TEST(CompareMetrics, ANumberThatIsNotFiniteIsIncomparable) {
  const CompareVerdict verdict =
      CompareRows(WithCounter("items_per_second", 10, 0, 0),
                  WithCounter("items_per_second", std::numeric_limits<double>::quiet_NaN(), 0, 1));
  EXPECT_EQ(FindChange(verdict, kName, "items_per_second")->finding, Finding::kIncomparable);
  EXPECT_THAT(report::Explain(verdict, verdict.benchmarks[0]), HasSubstr("not finite"));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kIncomparable);
}

TEST(CompareMetrics, ComparesNumbersThatHaveNoLogarithm) {
  const policy::Policy policy = PolicyOf("[compare]\nmetrics = \"rss_net_bytes\"");
  const auto around = [](double centre, int phase) {
    std::vector<Row> rows = PlantedRows(kName, 1000, 0.01, 10, phase);
    for (int i = 0; i < 10; ++i) {
      rows[static_cast<size_t>(i)].counters["rss_net_bytes"] = centre + Deviation(i, phase);
    }
    return rows;
  };
  CompareVerdict verdict = CompareRows(around(0.5, 0), around(5e6, 1), policy);
  EXPECT_EQ(verdict.benchmarks[0].changes[0].method, Method::kShiftOfValues);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  const auto constant = [&](double value, int phase) {
    std::vector<Row> rows = around(0, phase);
    for (Row& row : rows) row.counters["rss_net_bytes"] = value;
    return rows;
  };
  verdict = CompareRows(constant(0, 0), constant(0, 1), policy);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kSame);
  verdict = CompareRows(constant(0, 0), constant(7, 1), policy);  // bytes
  EXPECT_NE(verdict.benchmarks[0].finding, Finding::kRegressed);
  verdict = CompareRows(constant(0, 0), constant(7e6, 1), policy);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kRegressed);
}

}  // namespace
}  // namespace loadline::compare
