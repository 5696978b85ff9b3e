// What is said of whole suites: among how many questions, of identical code, of all at once.
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/loadline/compare/planted_comparison.h"
#include "tests/tools/loadline/results/planted_runs.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/report/compare_prose.h"

namespace loadline::compare {
namespace {

using results::IsolatedRun;
using results::PlantedRow;
using results::PlantedRows;
using results::ResultFile;
using results::Row;
using results::SetContext;
using ::testing::Contains;
using ::testing::HasSubstr;

// Benchmarks of which one is slower by `factor`.
CompareVerdict OneSlower(int benchmarks, int processes, double factor) {
  std::vector<Row> base;
  std::vector<Row> candidate;
  for (int b = 0; b < benchmarks; ++b) {
    const std::string name = absl::StrCat("BM_", b);
    for (Row& row : PlantedRows(name, 1000, 0.005, processes, b)) base.push_back(std::move(row));
    const double nanos = 1000 * (b == 3 ? factor : 1);
    for (Row& row : PlantedRows(name, nanos, 0.005, processes, b + 20)) {
      candidate.push_back(std::move(row));
    }
  }
  for (std::vector<Row>* rows : {&base, &candidate}) {
    for (Row& row : *rows) {
      row.counters = {{"ops_per_s", 1e9 / *row.cpu_time_ns},
                      {"success_pct", 100},
                      {"recall_at_10", 0.98},
                      {"rss_peak_bytes", 5e7}};
    }
  }
  return CompareRows(base, candidate, {}, {}, processes);
}

TEST(CompareSuite, CallsOneSlowBenchmarkAmongSixHundred) {
  for (const double factor : {1.2, 100.0}) {
    const CompareVerdict verdict = OneSlower(668, 10, factor);
    EXPECT_EQ(verdict.times.size, 668u);
    EXPECT_EQ(verdict.others.size, 0u);  // what never varies is no question
    EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken) << factor;
    EXPECT_EQ(verdict.CountOf(Finding::kRegressed), 1u) << factor;
    EXPECT_EQ(Find(verdict, "BM_3")->finding, Finding::kRegressed);
  }
}

TEST(CompareSuite, PassesSixHundredThatDidNotChange) {
  const CompareVerdict verdict = OneSlower(668, 10, 1);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_THAT(report::Headline(verdict),
              HasSubstr("PASS: none of 668 proved worse; with 99 % confidence none is worse by "
                        "more than +"));
}

TEST(CompareSuite, CallsOneSlowBenchmarkAmongTenWithSixProcesses) {
  for (const double factor : {1.2, 100.0}) {
    EXPECT_EQ(OneSlower(10, 6, factor).exit_code, results::ExitCode::kBroken) << factor;
  }
}

// Five processes that fall on one of two levels each fall apart in one of a thousand comparisons:
// among a hundred only a factor of more than 1.5 is called.
TEST(CompareSuite, AsksMoreOfFewProcessesAmongMany) {
  EXPECT_EQ(OneSlower(100, 5, 100).exit_code, results::ExitCode::kBroken);
  const CompareVerdict verdict = OneSlower(100, 5, 1.4);
  EXPECT_NE(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
  EXPECT_EQ(Find(verdict, "BM_3")->reason, Reason::kNotAmongSoMany);
}

// Rows of a suite in which nothing changed, or all by a factor, drawn from a normal distribution.
std::pair<std::vector<Row>, std::vector<Row>> DrawnSuite(uint64_t seed, int benchmarks,
                                                         double factor, double rho = 0) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::pair<std::vector<Row>, std::vector<Row>> suite;
  for (int b = 0; b < benchmarks; ++b) {
    const double spread = 0.01 * std::exp(0.7 * normal(random));
    double value = normal(random);
    for (std::vector<Row>* side : {&suite.first, &suite.second}) {
      for (int i = 0; i < 10; ++i) {
        const double nanos = 1000 * std::exp(spread * value) * (side == &suite.first ? 1 : factor);
        side->push_back(PlantedRow(absl::StrCat("BM_", b), nanos, i, 10));
        value = rho * value + std::sqrt(1 - rho * rho) * normal(random);
      }
    }
  }
  return suite;
}

TEST(CompareSuite, PassesIdenticalSuites) {
  int not_passed = 0;
  int slower = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    auto [base, candidate] = DrawnSuite(seed, 100, 1);
    const CompareVerdict verdict = CompareRows(std::move(base), std::move(candidate));
    not_passed += verdict.exit_code != results::ExitCode::kPass;
    slower += verdict.CountOf(Finding::kSlower) > 0;
    EXPECT_EQ(verdict.CountOf(Finding::kRegressed), 0u) << seed;
  }
  EXPECT_LE(not_passed, 3);
  EXPECT_LE(slower, 3);
}

TEST(CompareSuite, RaisesFewAlarmsWhereValuesLeanOnEachOtherAndSaysThatTheyDo) {
  int alarms = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    auto [base, candidate] = DrawnSuite(seed, 100, 1, 0.8);
    const CompareVerdict verdict = CompareRows(std::move(base), std::move(candidate));
    alarms += verdict.CountOf(Finding::kRegressed) + verdict.CountOf(Finding::kSlower) > 0;
    EXPECT_THAT(verdict.notes, Contains(HasSubstr("successive values lean on each other")));
  }
  EXPECT_LE(alarms, 3);
}

TEST(CompareSuite, SaysWhenAllMovedAlikeAndWhatMovedBesideThat) {
  auto [base, candidate] = DrawnSuite(5, 40, 1.07);
  for (size_t i = 30; i < 40; ++i) *candidate[i].cpu_time_ns *= 1.5;  // BM_3
  const CompareVerdict verdict = CompareRows(std::move(base), std::move(candidate));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  ASSERT_TRUE(verdict.moved_alike.has_value());
  EXPECT_NEAR(*verdict.moved_alike, 0.07, 0.01);
  EXPECT_NEAR(*Find(verdict, "BM_3")->changes[0].beside_the_rest, 0.5, 0.05);
  EXPECT_THAT(report::Headline(verdict), HasSubstr("all moved alike, by +"));
  auto [same, again] = DrawnSuite(6, 40, 1);
  EXPECT_FALSE(CompareRows(std::move(same), std::move(again)).moved_alike.has_value());
}

// One program on both sides, ten processes each.
std::pair<ResultFile, ResultFile> SameProgramTwice(double factor) {
  ResultFile base = IsolatedRun("base.json", PlantedRows(kName, 1000, 0.01, 10, 0), 10);
  ResultFile candidate =
      IsolatedRun("new.json", PlantedRows(kName, 1000 * factor, 0.01, 10, 1), 10);
  SetContext(base, "loadline.executable_hash", "same");
  SetContext(candidate, "loadline.executable_hash", "same");
  return {base, candidate};
}

TEST(CompareSuite, ADifferenceOfAProgramFromItselfIsVoid) {
  const auto [base, candidate] = SameProgramTwice(1.5);
  const CompareVerdict verdict = Compare({}, {}, {base}, {candidate});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kVoid);
  EXPECT_EQ(verdict.CountOf(Finding::kRegressed), 0u);
  EXPECT_THAT(report::Headline(verdict), HasSubstr("VOID: "));
}

TEST(CompareSuite, ASettingOfTheSameProgramIsWhatIsCompared) {
  auto [base, candidate] = SameProgramTwice(1.5);
  SetContext(candidate, "loadline.allocator", "mimalloc");
  const CompareVerdict verdict = Compare({}, {}, {base}, {candidate});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("what is compared is its allocator")));
}

TEST(CompareSuite, RefusesAnotherProfileOrInput) {
  for (const char* key : {"loadline.profile", "loadline.input"}) {
    auto [base, candidate] = SameProgramTwice(1.5);
    SetContext(base, key, "one");
    SetContext(candidate, key, "other");
    EXPECT_EQ(Compare({}, {}, {base}, {candidate}).exit_code, results::ExitCode::kIncomparable)
        << key;
  }
}

// What a duet found of kName, and of a second benchmark that did not change.
PairedRuns OneSlowerInPairs() {
  PairedRuns runs;
  runs.benchmarks[kName] = {.estimand = "typical",
                            .estimate = 0.2,
                            .low = 0.15,
                            .high = 0.25,
                            .p_worse = 1e-6,
                            .worse = true,
                            .slower = true,
                            .not_better = true,
                            .seen = ""};
  runs.benchmarks["BM_Same"] = {.estimand = "typical",
                                .estimate = 0,
                                .low = -0.005,
                                .high = 0.005,
                                .not_worse = true,
                                .not_better = true,
                                .seen = ""};
  return runs;
}

CompareVerdict ComparePairs(const PairedRuns& runs) {
  CompareOptions options;
  options.paired = &runs;
  return CompareRows(
      PlantedRows(kName, 1000, 0.01, 10, 0) + PlantedRows("BM_Same", 1000, 0.01, 10, 1),
      PlantedRows(kName, 1200, 0.01, 10, 2) + PlantedRows("BM_Same", 1000, 0.01, 10, 3), {},
      options);
}

TEST(CompareSuite, AControlThatDiffersVoidsEveryClaim) {
  PairedRuns runs = OneSlowerInPairs();
  EXPECT_EQ(ComparePairs(runs).exit_code, results::ExitCode::kBroken);
  runs.void_reasons = {"the base differs from itself"};
  const CompareVerdict verdict = ComparePairs(runs);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
  EXPECT_EQ(Find(verdict, kName)->finding, Finding::kVoid);
  EXPECT_EQ(Find(verdict, "BM_Same")->finding, Finding::kSame);
}

TEST(CompareSuite, AControlThatSeesNothingLeavesOnlyTheNegativesOpen) {
  PairedRuns runs = OneSlowerInPairs();
  runs.blind = {"more work was not seen"};
  CompareVerdict verdict = ComparePairs(runs);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(Find(verdict, kName)->finding, Finding::kRegressed);
  EXPECT_EQ(Find(verdict, "BM_Same")->reason, Reason::kBlind);
  runs.benchmarks[kName] = runs.benchmarks["BM_Same"];
  EXPECT_EQ(ComparePairs(runs).exit_code, results::ExitCode::kInconclusive);
}

// Allocations are the program's, whatever the processor.
TEST(CompareSuite, HoldsAllocationsAcrossProcessors) {
  const auto side = [](const char* source, const char* cpu, double allocations) {
    std::vector<Row> rows = PlantedRows(kName, 1000, 0.01, 10, 0);
    for (Row& row : rows) row.counters["allocs_per_op"] = allocations;
    for (Row& row : rows) *row.cpu_time_ns += source[0];  // no two runs measure the same
    ResultFile file = IsolatedRun(source, std::move(rows), 10);
    SetContext(file, "loadline.host.cpu_model", cpu);
    return file;
  };
  const ResultFile base = side("base.json", "One CPU", 3);
  EXPECT_EQ(Compare({}, {}, {base}, {side("new.json", "Other CPU", 30)}).exit_code,
            results::ExitCode::kBroken);
  const CompareVerdict same = Compare({}, {}, {base}, {side("new.json", "Other CPU", 3)});
  EXPECT_EQ(same.exit_code, results::ExitCode::kInconclusive);
  EXPECT_THAT(same.notes, Contains(HasSubstr("loadline branches")));
}

TEST(CompareSuite, ABrokenLimitGoesBeforeWhatCannotBeCompared) {
  ResultFile base = IsolatedRun("base.json", PlantedRows(kName, 1000, 0.01, 10, 0), 10);
  const ResultFile candidate = IsolatedRun("new.json", PlantedRows(kName, 1000, 0.01, 10, 1), 10);
  SetContext(base, "loadline.host.cpu_model", "Other CPU");
  const policy::Policy policy =
      PolicyOf("[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(cpu_time_ns) < 1us\"\n");
  EXPECT_EQ(Compare(policy, {}, {base}, {candidate}).exit_code, results::ExitCode::kBroken);
}

TEST(CompareSuite, RefusesADebugBuildAgainstARelease) {
  const ResultFile base = IsolatedRun("base.json", PlantedRows(kName, 1000, 0.01, 10, 0), 10);
  ResultFile candidate = IsolatedRun("new.json", PlantedRows(kName, 9000, 0.01, 10, 1), 10);
  SetContext(candidate, "loadline.build_type", "Debug");
  SetContext(candidate, "loadline.optimized", "false");
  EXPECT_EQ(Compare({}, {}, {base}, {candidate}).exit_code, results::ExitCode::kIncomparable);
}

}  // namespace
}  // namespace loadline::compare
