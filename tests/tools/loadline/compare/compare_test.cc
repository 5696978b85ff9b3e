#include "tools/loadline/compare/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/loadline/compare/planted_comparison.h"
#include "tests/tools/loadline/results/planted_runs.h"
#include "tools/loadline/report/compare_prose.h"

namespace loadline::compare {
namespace {

using results::FailedRow;
using results::IsolatedRun;
using results::PlantedRow;
using results::PlantedRows;
using results::SetContext;

using results::Json;
using results::ResultFile;
using results::Row;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Compare, CallsATenPercentSlowdownOfTenProcessesARegression) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0), PlantedRows(kName, 1100, 0.01, 10, 1));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  const Change* change = FindChange(verdict, kName, "cpu_time_ns");
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->finding, Finding::kRegressed);
  EXPECT_NEAR(change->change->estimate, 0.10, 0.01);
  EXPECT_GT(*change->change->low, 0.05);
  EXPECT_LT(*change->change->high, 0.15);
  EXPECT_LE(change->claims->worse.adjusted, 0.01);
  EXPECT_EQ(change->beyond, Beyond::kYes);
  EXPECT_THAT(report::Headline(verdict), HasSubstr("REGRESSED: 1 benchmark: 1 regressed"));
}

TEST(Compare, CallsATenPercentSpeedupAnImprovementAndPasses) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1100, 0.01, 10, 0), PlantedRows(kName, 1000, 0.01, 10, 1));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kImproved);
}

TEST(Compare, ProvesAnUnchangedBenchmarkUnchanged) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0), PlantedRows(kName, 1000, 0.01, 10, 1));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kSame);
  ASSERT_TRUE(verdict.benchmarks[0].changes[0].detectable.has_value());
  EXPECT_GT(*verdict.benchmarks[0].changes[0].detectable, 0.05);
}

TEST(Compare, LeavesOpenWhatIsTooNoisyToGate) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.4, 10, 0), PlantedRows(kName, 1000, 0.4, 10, 1));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
  EXPECT_EQ(verdict.benchmarks[0].reason, Reason::kTooNoisy);
}

TEST(Compare, RaisesFewFalseAlarmsAmongManyBenchmarksThatDidNotChange) {
  // 200 suites of 20 benchmarks whose sides are drawn from one lognormal distribution: at most one
  // suite in a hundred may be called REGRESSED, even if a margin of nearly nothing is asked for.
  std::mt19937_64 random(20260601);
  std::normal_distribution<double> normal;
  policy::Policy policy;
  policy.compare.margin = 1e-9;
  int alarms = 0;
  for (int suite = 0; suite < 200; ++suite) {
    std::vector<Row> sides[2];
    for (auto& side : sides) {
      for (int b = 0; b < 20; ++b) {
        for (int i = 0; i < 10; ++i) {
          side.push_back(
              PlantedRow(absl::StrCat("BM_", b), 1000 * std::exp(0.1 * normal(random)), i, 10));
        }
      }
    }
    const CompareVerdict verdict = CompareRows(sides[0], sides[1], policy);
    alarms += verdict.CountOf(Finding::kRegressed) > 0 ? 1 : 0;
  }
  EXPECT_LE(alarms, 6);  // binomial(200, 0.01) exceeds 6 with a chance of 0.0004
}

TEST(Compare, LeavesOneFileASideOpenHoweverLargeTheDifference) {
  ResultFile base = IsolatedRun("a.json", {}, 1);
  ResultFile candidate = IsolatedRun("b.json", {}, 1);
  for (ResultFile* file : {&base, &candidate}) {
    file->context.erase(
        std::remove_if(file->context.begin(), file->context.end(),
                       [](const Json::Member& m) { return m.first == "loadline.isolation"; }),
        file->context.end());
  }
  base.rows = PlantedRows(kName, 1000, 0.01, 10, 0);
  candidate.rows = PlantedRows(kName, 2500, 0.01, 10, 1);
  const CompareVerdict verdict = Compare({}, {}, {base}, {candidate});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
  const BenchmarkComparison& benchmark = verdict.benchmarks[0];
  EXPECT_EQ(benchmark.reason, Reason::kTooFewProcesses);
  EXPECT_EQ(benchmark.base_processes, 1u);
  EXPECT_EQ(benchmark.base_repetitions, 10u);
  const Change& change = benchmark.changes[0];
  EXPECT_NEAR(change.change->estimate, 1.5, 0.05);
  EXPECT_FALSE(change.change->low.has_value());
  const std::string why = report::Explain(verdict, benchmark, change);
  EXPECT_THAT(why, HasSubstr("one process a side"));
  EXPECT_THAT(why, HasSubstr("loadline run --suite BIN --repetitions 10"));
}

TEST(Compare, CountsFilesAsProcesses) {
  std::vector<ResultFile> base;
  std::vector<ResultFile> candidate;
  for (int i = 0; i < 6; ++i) {
    base.push_back(IsolatedRun(absl::StrCat("a", i), PlantedRows(kName, 1000 + i, 0, 1, 0), 1));
    candidate.push_back(
        IsolatedRun(absl::StrCat("b", i), PlantedRows(kName, 1200 + i, 0, 1, 0), 1));
    SetContext(base.back(), "loadline.executable_hash", "one");
    SetContext(candidate.back(), "loadline.executable_hash", "other");
  }
  const CompareVerdict verdict = Compare({}, {}, base, candidate);
  EXPECT_EQ(verdict.benchmarks[0].base_processes, 6u);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
  std::reverse(base.begin(), base.end());
  EXPECT_EQ(Compare({}, {}, base, candidate).benchmarks[0].changes[0].claims->worse.p,
            verdict.benchmarks[0].changes[0].claims->worse.p);
}

TEST(Compare, TheNumberOfProcessesItAsksForFollowsFromAlpha) {
  CompareOptions options;
  options.alpha = 0.001;
  const CompareVerdict verdict = CompareRows(PlantedRows(kName, 1000, 0.01, 4, 0),
                                             PlantedRows(kName, 1400, 0.01, 4, 1), {}, options, 4);
  EXPECT_EQ(verdict.processes_needed, 5u);  // 4^-5 = 0.00098
  EXPECT_NE(verdict.exit_code, results::ExitCode::kBroken);
}

TEST(Compare, UsesTheRecordedSpreadOfProcessesWhereThereIsOne) {
  Noise noise;
  noise.source = "noise.json";
  noise.benchmarks[kName].sigma_log["cpu_time_ns"] = 0.01;
  CompareOptions options;
  options.noise = &noise;
  const auto run = [&](double nanos) {
    return CompareRows({PlantedRow(kName, 1000)}, {PlantedRow(kName, nanos)}, {}, options, 1);
  };
  EXPECT_EQ(run(1200).exit_code, results::ExitCode::kBroken);
  EXPECT_EQ(run(1001).benchmarks[0].finding, Finding::kSame);
  const CompareVerdict verdict = run(1060);  // 5 % +- 2.33 * 0.01 * sqrt(2) holds the margin
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kSlower);
  EXPECT_EQ(verdict.benchmarks[0].changes[0].beyond, Beyond::kOpen);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  const Change& change = verdict.benchmarks[0].changes[0];
  EXPECT_EQ(change.method, Method::kNoise);
  EXPECT_NEAR(std::log1p(*change.change->high) - std::log1p(*change.change->low),
              2 * 2.3263479 * 0.01 * std::sqrt(2.0), 1e-6);
}

TEST(Compare, ReportsACrashAsFailedNotAsFaster) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0) + PlantedRows("BM_B", 10, 0.01, 10, 2),
                  PlantedRows(kName, 1000, 0.01, 10, 1) +
                      std::vector<Row>{FailedRow("BM_B", "killed by signal 11")});
  EXPECT_EQ(Find(verdict, "BM_B")->finding, Finding::kFailed);
  EXPECT_THAT(report::Explain(verdict, *Find(verdict, "BM_B")), HasSubstr("killed by signal 11"));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
}

TEST(Compare, OneFailedRepetitionFailsTheBenchmark) {
  std::vector<Row> candidate = PlantedRows(kName, 1000, 0.01, 10, 1);
  candidate[4] = FailedRow(kName, "wrong answer");
  const CompareVerdict verdict = CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0), candidate);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kFailed);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
}

TEST(Compare, ABaseThatFailedIsNothingToCompareWithAndOnlyWarned) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0) + std::vector<Row>{FailedRow("BM_B", "x")},
                  PlantedRows(kName, 1000, 0.01, 10, 1) + PlantedRows("BM_B", 1000, 0.01, 10, 1));
  EXPECT_EQ(Find(verdict, "BM_B")->finding, Finding::kFailed);
  EXPECT_EQ(Find(verdict, "BM_B")->reason, Reason::kOnBase);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
}

TEST(Compare, ARemovedBenchmarkIsMissingAndANewOneIsNew) {
  const auto both = PlantedRows(kName, 1000, 0.01, 10, 0);
  const auto again = PlantedRows(kName, 1000, 0.01, 10, 1);
  const CompareVerdict gone = CompareRows(both + PlantedRows("BM_B", 1, 0, 10, 0), again);
  EXPECT_EQ(Find(gone, "BM_B")->finding, Finding::kMissing);
  EXPECT_EQ(gone.exit_code, results::ExitCode::kNotMeasured);
  const CompareVerdict added = CompareRows(both, again + PlantedRows("BM_B", 1, 0, 10, 0));
  EXPECT_EQ(Find(added, "BM_B")->finding, Finding::kNew);
  EXPECT_EQ(added.exit_code, results::ExitCode::kPass);
}

TEST(Compare, ThePolicySaysWhatMissingNewAndNoisyMean) {
  const policy::Policy policy = PolicyOf(
      "[compare]\nmissing = \"warn\"\nnew = \"fail\"\n"
      "[[compare.override]]\nbenchmarks = \"BM_Noisy\"\n"
      "noisy = \"ignore\"\n");
  const auto both = PlantedRows(kName, 1000, 0.01, 10, 0) + PlantedRows("BM_Noisy", 9, 0.9, 10, 0);
  const auto again = PlantedRows(kName, 1000, 0.01, 10, 1) + PlantedRows("BM_Noisy", 9, 0.9, 10, 1);
  EXPECT_EQ(CompareRows(both + PlantedRows("BM_B", 1, 0, 10, 0), again, policy).exit_code,
            results::ExitCode::kPass);
  EXPECT_EQ(CompareRows(both, again + PlantedRows("BM_B", 1, 0, 10, 0), policy).exit_code,
            results::ExitCode::kNotMeasured);
}

TEST(Compare, NothingButNoisyComparisonsNeverPass) {
  const policy::Policy policy = PolicyOf("[compare]\nnoisy = \"ignore\"\n");
  EXPECT_EQ(
      CompareRows({PlantedRow(kName, 1000)}, {PlantedRow(kName, 999)}, policy, {}, 1).exit_code,
      results::ExitCode::kInconclusive);
}

TEST(Compare, MarksWhatThePolicyIgnores) {
  const auto both = PlantedRows(kName, 1000, 0.01, 10, 0);
  auto base = both;
  const auto gone = PlantedRows("BM_Gone", 1000, 0.01, 10, 0);
  base.insert(base.end(), gone.begin(), gone.end());
  for (const auto& [action, ignored] : {std::pair("warn", false), std::pair("ignore", true)}) {
    const policy::Policy policy = PolicyOf(absl::StrCat("[compare]\nmissing = \"", action, "\"\n"));
    const CompareVerdict verdict = CompareRows(base, both, policy);
    EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
    ASSERT_EQ(verdict.benchmarks.size(), 2U);
    EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kMissing);
    EXPECT_EQ(verdict.benchmarks[0].ignored, ignored) << action;
    EXPECT_FALSE(verdict.benchmarks[1].ignored);
  }
}

TEST(Compare, NothingComparedNeverPasses) {
  const policy::Policy policy = PolicyOf("[compare]\nmissing = \"ignore\"\nnew = \"ignore\"\n");
  const CompareVerdict verdict =
      CompareRows(PlantedRows("BM_A", 1, 0, 10, 0), PlantedRows("BM_B", 1, 0, 10, 0), policy);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
  EXPECT_THAT(verdict.problems, Contains(HasSubstr("nothing was compared")));
  EXPECT_EQ(CompareRows({}, {}).exit_code, results::ExitCode::kNotMeasured);
  EXPECT_EQ(Compare({}, {}, std::vector<ResultFile>(), std::vector<ResultFile>()).exit_code,
            results::ExitCode::kInvalid);
}

TEST(Compare, ABenchmarkThatSkipsItselfCountsAsMissing) {
  Row skipped;
  skipped.name = skipped.run_name = "BM_B";
  skipped.skipped = true;
  skipped.skip_message = "no GPU";
  const auto both = PlantedRows(kName, 1000, 0.01, 10, 0);
  const auto again = PlantedRows(kName, 1000, 0.01, 10, 1);
  const CompareVerdict verdict =
      CompareRows(both + PlantedRows("BM_B", 1, 0, 10, 0), again + std::vector<Row>{skipped});
  EXPECT_EQ(Find(verdict, "BM_B")->finding, Finding::kSkipped);
  EXPECT_THAT(report::Explain(verdict, *Find(verdict, "BM_B")), HasSubstr("no GPU"));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kNotMeasured);
  EXPECT_EQ(
      CompareRows(both + std::vector<Row>{skipped}, again + std::vector<Row>{skipped}).exit_code,
      results::ExitCode::kPass);
}

TEST(Compare, NormalisesUnitsAndLabelsTheChange) {
  std::vector<Row> candidate = PlantedRows(kName, 5000, 0.01, 10, 1);
  for (Row& row : candidate) row.time_unit = "us";
  const CompareVerdict verdict = CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0), candidate);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kRegressed);
  EXPECT_NEAR(verdict.benchmarks[0].changes[0].change->estimate, 4, 0.1);
  EXPECT_TRUE(verdict.benchmarks[0].has(Label::kUnitChanged));
  EXPECT_THAT(report::LabelsOf(verdict.benchmarks[0]), Contains(HasSubstr("from ns to us")));
}

TEST(Compare, LabelsUnequalProcessesAndStillCompares) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0), PlantedRows(kName, 1200, 0.01, 7, 1));
  EXPECT_TRUE(verdict.benchmarks[0].has(Label::kProcessesUnequal));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kBroken);
}

TEST(Compare, RefusesAnotherMachineUnlessItIsAllowed) {
  const ResultFile base = IsolatedRun("base.json", PlantedRows(kName, 1000, 0.01, 10, 0), 10);
  ResultFile candidate = IsolatedRun("new.json", PlantedRows(kName, 1000, 0.01, 10, 1), 10);
  SetContext(candidate, "num_cpus", "64");
  CompareVerdict verdict = Compare({}, {}, {base}, {candidate});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kIncomparable);
  EXPECT_EQ(verdict.benchmarks[0].reason, Reason::kEnvironment);
  ASSERT_EQ(verdict.environment.size(), 1u);
  EXPECT_THAT(verdict.environment[0].Text(), HasSubstr("base \"4\", new \"64\""));
  EXPECT_THAT(verdict.environment[0].Text(), HasSubstr("--allow-env num_cpus"));
  CompareOptions options;
  options.allow_env = {"num_cpus"};
  verdict = Compare({}, options, {base}, {candidate});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_TRUE(verdict.environment[0].allowed);
  options.allow_env = {"num_cpu"};
  EXPECT_EQ(Compare({}, options, {base}, {candidate}).exit_code, results::ExitCode::kInvalid);
}

TEST(Compare, RefusesThreadedTimesAcrossTheVersionsThatChangedThem) {
  const auto threaded = [](int phase) {
    std::vector<Row> rows = PlantedRows("BM_T/real_time/threads:4", 1000, 0.01, 10, phase) +
                            PlantedRows(kName, 1000, 0.01, 10, phase);
    for (size_t i = 0; i < 10; ++i) rows[i].threads = 4;
    return rows;
  };
  const ResultFile base = IsolatedRun("base.json", threaded(0), 10);
  ResultFile candidate = IsolatedRun("new.json", threaded(1), 10);
  SetContext(candidate, "loadline.gb_version", "1.9.1");
  CompareVerdict verdict = Compare({}, {}, {base}, {candidate});
  EXPECT_EQ(Find(verdict, "BM_T/real_time/threads:4")->reason, Reason::kTimeSemantics);
  EXPECT_EQ(Find(verdict, kName)->finding, Finding::kSame);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);  // the other could be compared
  CompareOptions options;
  options.allow_env = {"time_semantics"};
  EXPECT_EQ(Compare({}, options, {base}, {candidate}).exit_code, results::ExitCode::kPass);
}

TEST(Compare, CallsTheSameProgramOnBothSidesAnAAComparison) {
  ResultFile base = IsolatedRun("base.json", PlantedRows(kName, 1000, 0.01, 10, 0), 10);
  ResultFile candidate = IsolatedRun("new.json", PlantedRows(kName, 1000, 0.01, 10, 1), 10);
  SetContext(base, "loadline.executable_hash", "same");
  SetContext(candidate, "loadline.executable_hash", "same");
  const CompareVerdict verdict = Compare({}, {}, {base}, {candidate});
  EXPECT_TRUE(verdict.same_executable);
  EXPECT_THAT(report::Headline(verdict), HasSubstr("A/A"));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
}

TEST(Compare, OneRunDoesNotCountTwice) {
  const ResultFile file = IsolatedRun("a.json", PlantedRows(kName, 1000, 0.01, 10, 0), 10);
  ResultFile copy = file;
  copy.source = "copy.json";
  const CompareVerdict verdict = Compare({}, {}, {file}, {copy});
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInvalid);
  EXPECT_THAT(verdict.problems, Contains(HasSubstr("one run does not count twice")));
}

TEST(Compare, ARunThatWasCutShortIsIncomplete) {
  ResultFile candidate = IsolatedRun("new.json", PlantedRows(kName, 1000, 0.01, 10, 1), 10);
  SetContext(candidate, "loadline.incomplete", "true");
  EXPECT_EQ(Compare({}, {}, {IsolatedRun("base.json", PlantedRows(kName, 1000, 0.01, 10, 0), 10)},
                    {candidate})
                .exit_code,
            results::ExitCode::kNotMeasured);
}

TEST(Compare, MeansAloneAreNoMeasurements) {
  Row mean = PlantedRow("BM_B_mean", 1000);
  mean.run_name = "BM_B";
  mean.run_type = results::RunType::kAggregate;
  mean.aggregate_name = "mean";
  const auto both = PlantedRows(kName, 1000, 0.01, 10, 0);
  const auto again = PlantedRows(kName, 1000, 0.01, 10, 1);
  const CompareVerdict verdict =
      CompareRows(both + std::vector<Row>{mean}, again + std::vector<Row>{mean});
  EXPECT_EQ(Find(verdict, "BM_B")->reason, Reason::kOnlyAggregates);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kIncomparable);
}

TEST(Compare, LimitsOfTheSamePolicyJoinTheVerdict) {
  const policy::Policy policy =
      PolicyOf("[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(cpu_time_ns) < 1us\"\n");
  EXPECT_EQ(CompareRows(PlantedRows(kName, 1000, 0.01, 10, 0),
                        PlantedRows(kName, 1000, 0.01, 10, 1), policy)
                .exit_code,
            results::ExitCode::kBroken);
}

TEST(Compare, TheGeometricMeanIsOfTheMatchedBenchmarksAndDecidesNothing) {
  const CompareVerdict verdict =
      CompareRows(PlantedRows("BM_A", 1000, 0.01, 10, 0) + PlantedRows("BM_B", 500, 0.01, 10, 1) +
                      PlantedRows("BM_Gone", 1, 0, 10, 0),
                  PlantedRows("BM_A", 1210, 0.01, 10, 2) + PlantedRows("BM_B", 500, 0.01, 10, 3));
  ASSERT_TRUE(verdict.geometric_mean.has_value());
  EXPECT_EQ(verdict.geometric_mean->benchmarks, 2u);
  EXPECT_NEAR(verdict.geometric_mean->change.estimate, 0.10, 0.01);
  EXPECT_LT(*verdict.geometric_mean->change.low, verdict.geometric_mean->change.estimate);
}

TEST(Compare, GatesTheTimeThatABenchmarkIsAbout) {
  const auto slower_real = [](const std::string& name, double real, int phase) {
    std::vector<Row> rows = PlantedRows(name, 1000, 0.01, 10, phase);
    for (Row& row : rows) row.real_time_ns = *row.cpu_time_ns * real;
    return rows;
  };
  EXPECT_EQ(CompareRows(slower_real("BM_A", 1, 0), slower_real("BM_A", 2, 1)).exit_code,
            results::ExitCode::kPass);
  EXPECT_EQ(CompareRows(slower_real("BM_A/real_time", 1, 0), slower_real("BM_A/real_time", 2, 1))
                .exit_code,
            results::ExitCode::kBroken);
}

TEST(Compare, OnlyTheSelectedBenchmarksAreCompared) {
  CompareOptions options;
  options.benchmarks = {"BM_B"};
  const CompareVerdict verdict = CompareRows(
      PlantedRows("BM_A", 1000, 0.01, 10, 0) + PlantedRows("BM_B", 1000, 0.01, 10, 1),
      PlantedRows("BM_A", 9000, 0.01, 10, 2) + PlantedRows("BM_B", 1000, 0.01, 10, 3), {}, options);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("1 benchmark is not selected")));
}

// Two sides of ten processes, whose values are `values` in units of a microsecond.
CompareVerdict CompareValues(const std::vector<double>& base,
                             const std::vector<double>& candidate) {
  const auto rows = [](const std::vector<double>& values) {
    std::vector<Row> rows;
    for (size_t i = 0; i < values.size(); ++i) {
      rows.push_back(PlantedRow(kName, 1000 * values[i], static_cast<int64_t>(i),
                                static_cast<int64_t>(values.size())));
    }
    return rows;
  };
  return CompareRows(rows(base), rows(candidate), {}, {}, static_cast<int>(base.size()));
}

TEST(Compare, CallsSlowerWhatIsProvedAndWithinTheMargin) {
  const CompareVerdict verdict =
      CompareValues({100, 100.1, 99.9, 100.05, 99.95, 100.02, 99.98, 100.08, 99.92, 100.03},
                    {104.9, 105, 104.8, 104.95, 104.85, 104.92, 104.88, 104.98, 104.82, 104.93});
  const Change& change = verdict.benchmarks[0].changes[0];
  EXPECT_EQ(change.finding, Finding::kSlower);
  EXPECT_EQ(change.beyond, Beyond::kNo);
  EXPECT_NEAR(*change.change->low, 0.048225, 5e-7);
  EXPECT_NEAR(*change.change->high, 0.049773, 5e-7);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
}

TEST(Compare, LeavesOpenWhereOnlyRanksSayThatNothingChanged) {
  const CompareVerdict verdict =
      CompareValues({100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.7, 99.3, 100},
                    {100.1, 175, 99.2, 100.4, 99.6, 100.3, 99.7, 174, 99.4, 100.1});
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kOpen);
  EXPECT_NEAR(*verdict.benchmarks[0].changes[0].change->high, 0.377427, 5e-7);
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kInconclusive);
}

TEST(Compare, FailsOnSlowerWherePolicySaysSo) {
  const auto run = [](double factor, const policy::Policy& policy) {
    return CompareRows(PlantedRows(kName, 1000, 0.002, 10, 0),
                       PlantedRows(kName, 1000 * factor, 0.002, 10, 1), policy)
        .exit_code;
  };
  const policy::Policy strict = PolicyOf("[compare]\nfail_on = \"slower\"\n");
  EXPECT_EQ(run(1.0505, {}), results::ExitCode::kPass);
  EXPECT_EQ(run(1.0505, strict), results::ExitCode::kBroken);
  EXPECT_EQ(run(1.02, strict), results::ExitCode::kPass);
  EXPECT_EQ(run(1.0, strict), results::ExitCode::kPass);
}

TEST(Compare, LetsNoisyRowsThroughWherePolicySaysSoButNoneThatSeemsWorse) {
  const policy::Policy policy = PolicyOf("[compare]\nnoisy = \"warn\"\n");
  const auto run = [&](double factor) {
    std::vector<Row> base = PlantedRows(kName, 1000, 0.4, 10, 0);
    std::vector<Row> candidate = PlantedRows(kName, 1000 * factor, 0.4, 10, 1);
    for (int b = 0; b < 100; ++b) {
      base = base + PlantedRows(absl::StrCat("BM_Sure", b), 1000, 0.01, 10, b);
      candidate = candidate + PlantedRows(absl::StrCat("BM_Sure", b), 1000, 0.01, 10, b + 3);
    }
    return CompareRows(base, candidate, policy);
  };
  EXPECT_EQ(run(1).exit_code, results::ExitCode::kPass);
  const CompareVerdict suspicious = run(1.5);
  EXPECT_EQ(Find(suspicious, kName)->reason, Reason::kNotAmongSoMany);
  EXPECT_EQ(suspicious.exit_code, results::ExitCode::kInconclusive);
}

}  // namespace
}  // namespace loadline::compare
