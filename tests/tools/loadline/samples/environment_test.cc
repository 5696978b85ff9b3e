#include "tools/loadline/samples/environment.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::samples {
namespace {

using policy::EnvironmentKeys;
using policy::EnvironmentWeight;
using policy::MetricClass;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Context = std::vector<std::pair<std::string, results::Json>>;

Environment Of(const Context& context) {
  results::ResultFile file;
  file.source = "r.json";
  for (const auto& [key, value] : context) file.context.emplace_back(key, value);
  return EnvironmentOf(file);
}

std::vector<EnvironmentDifference> Between(const Context& base, const Context& candidate,
                                           const std::vector<std::string>& allow = {}) {
  return CompareEnvironments({Of(base)}, {Of(candidate)}, allow);
}

TEST(CompareEnvironments, FindsNothingBetweenFilesThatSayNothing) {
  EXPECT_THAT(Between({}, {}), IsEmpty());
}

TEST(CompareEnvironments, FindsNothingBetweenEqualFiles) {
  const Context context = {{"num_cpus", 4}, {"host_name", "a"}, {"loadline.allocator", "malloc"}};
  EXPECT_THAT(Between(context, context), IsEmpty());
}

TEST(CompareEnvironments, RefusesAnotherNumberOfCpus) {
  const auto found = Between({{"num_cpus", 4}}, {{"num_cpus", 8}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "num_cpus");
  EXPECT_TRUE(found[0].refuses());
  EXPECT_EQ(found[0].base, "4");
  EXPECT_EQ(found[0].candidate, "8");
  EXPECT_THAT(found[0].Text(), HasSubstr("--allow-env num_cpus"));
}

TEST(CompareEnvironments, AllowsWhatTheCallerAllows) {
  for (const char* key : {"num_cpus", "all"}) {
    const auto found = Between({{"num_cpus", 4}}, {{"num_cpus", 8}}, {key});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].allowed) << key;
    EXPECT_FALSE(found[0].refuses()) << key;
  }
  EXPECT_TRUE(Between({{"num_cpus", 4}}, {{"num_cpus", 8}}, {"compiler"})[0].refuses());
}

TEST(CompareEnvironments, WarnsWhereOnlyOneSideSaysIt) {
  const auto found = Between({{"loadline.compiler", "GNU 12"}}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].weight, EnvironmentWeight::kWarn);
  EXPECT_EQ(found[0].candidate, "not said");
}

TEST(CompareEnvironments, RefusesABuildThatOnlyOneSideSays) {
  const auto found = Between({{"loadline.optimized", "true"}}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "build");
  EXPECT_TRUE(found[0].refuses());
}

TEST(CompareEnvironments, TakesABuildThatIsNotKnownForNotSaid) {
  const Context unknown = {{"loadline.build_type", "unknown"},
                           {"loadline.optimized", "unknown"},
                           {"loadline.compiler", "unknown"}};
  EXPECT_THAT(Between(unknown, unknown), IsEmpty());
  EXPECT_THAT(UnsaidByAll({Of(unknown)}, {Of(unknown)}), Contains("build"));
  const auto found = Between(unknown, {{"loadline.optimized", "true"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].refuses());
  EXPECT_EQ(found[0].base, "not said");
}

TEST(CompareEnvironments, RefusesAnotherInputOrProfileUnlessAllowed) {
  for (const std::string key : {"input", "profile"}) {
    const Context one = {{"loadline." + key, "one"}};
    const Context other = {{"loadline." + key, "other"}};
    const auto found = Between(one, other);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].refuses()) << key;
    EXPECT_THAT(found[0].Text(), HasSubstr("--allow-env " + key));
    EXPECT_FALSE(Between(one, other, {key})[0].refuses()) << key;
    EXPECT_EQ(Between(one, {})[0].weight, EnvironmentWeight::kWarn) << key;
  }
}

// The classes of figures that are refused where the two contexts differ.
std::vector<MetricClass> RefusedBetween(const std::string& key, const results::Json& one,
                                        const results::Json& other,
                                        const std::vector<std::string>& allow = {}) {
  std::vector<MetricClass> refused;
  for (const MetricClass metric_class :
       {MetricClass::kTime, MetricClass::kMemory, MetricClass::kCount, MetricClass::kQuality}) {
    for (const auto& difference : Between({{key, one}}, {{key, other}}, allow)) {
      if (difference.Refuses(metric_class)) refused.push_back(metric_class);
    }
  }
  return refused;
}

TEST(CompareEnvironments, RefusesOnlyTimesAcrossProcessors) {
  for (const char* key : {"loadline.host.cpu_model", "loadline.host.hardware_model", "num_cpus",
                          "loadline.host.usable_cpus"}) {
    EXPECT_THAT(RefusedBetween(key, "2", "4"), ElementsAre(MetricClass::kTime)) << key;
  }
  EXPECT_THAT(RefusedBetween("mhz_per_cpu", 1800, 4100), ElementsAre(MetricClass::kTime));
}

TEST(CompareEnvironments, RefusesTimesAndMemoryAcrossPageSizes) {
  EXPECT_THAT(RefusedBetween("loadline.host.page_bytes", "4096", "16384"),
              ElementsAre(MetricClass::kTime, MetricClass::kMemory));
}

TEST(CompareEnvironments, RefusesAllButTheQualityOfAnswersAcrossWhatMadeTheProgram) {
  for (const char* key : {"loadline.compiler", "loadline.flags", "loadline.allocator",
                          "loadline.host.architecture", "loadline.host.os", "loadline.isolation"}) {
    EXPECT_THAT(RefusedBetween(key, "one", "other"),
                ElementsAre(MetricClass::kTime, MetricClass::kMemory, MetricClass::kCount))
        << key;
  }
}

TEST(CompareEnvironments, RefusesEverythingOfAnotherQuestion) {
  for (const char* key : {"loadline.input", "loadline.profile", "loadline.optimized"}) {
    EXPECT_THAT(RefusedBetween(key, "one", "other"), SizeIs(4)) << key;
  }
}

TEST(CompareEnvironments, RefusesNoClassOfWhatIsAllowedOrOnlyToldOf) {
  EXPECT_THAT(RefusedBetween("num_cpus", 2, 4, {"num_cpus"}), IsEmpty());
  EXPECT_THAT(RefusedBetween("host_name", "a", "b"), IsEmpty());
}

TEST(EnvironmentRules, ThatRefuseAnythingRefuseTimes) {
  for (const policy::EnvironmentRule& rule : policy::EnvironmentRules()) {
    const bool refuses = rule.differs == EnvironmentWeight::kRefuse;
    EXPECT_EQ(rule.concerns.Contains(MetricClass::kTime), refuses) << rule.key;
  }
}

TEST(CompareEnvironments, TellsOfAnotherSettingAndRefusesNothing) {
  for (const std::string key : {"arguments", "settings"}) {
    const auto found = Between({{"loadline." + key, "none"}}, {{"loadline." + key, "A=1"}});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].weight, EnvironmentWeight::kWarn) << key;
    EXPECT_EQ(found[0].candidate, "A=1");
    EXPECT_EQ(Between({{"loadline." + key, "A=1"}}, {})[0].weight, EnvironmentWeight::kNote);
  }
}

TEST(CompareEnvironments, ToleratesFivePercentOfClockRate) {
  EXPECT_THAT(Between({{"mhz_per_cpu", 3000}}, {{"mhz_per_cpu", 3150}}), IsEmpty());
  const auto found = Between({{"mhz_per_cpu", 3000}}, {{"mhz_per_cpu", 3151}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].refuses());
}

TEST(CompareEnvironments, OnlyWarnsOfTheClockRateOfOneMachine) {
  Context slow = {{"host_name", "a"}, {"mhz_per_cpu", 1800}};
  Context fast = {{"host_name", "a"}, {"mhz_per_cpu", 4100}};
  auto found = Between(slow, fast);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "mhz_per_cpu");
  EXPECT_EQ(found[0].weight, EnvironmentWeight::kWarn);
  EXPECT_FALSE(found[0].refuses());
  slow.emplace_back("loadline.host.cpu_model", "One");
  fast.emplace_back("loadline.host.cpu_model", "One");
  EXPECT_EQ(Between(slow, fast)[0].weight, EnvironmentWeight::kWarn);
  found = CompareEnvironments({Of(slow), Of(fast)}, {Of(fast), Of(slow)}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].weight, EnvironmentWeight::kWarn);
}

TEST(CompareEnvironments, RefusesTheClockRateOfAnotherHostOrProcessor) {
  const auto refused = [](const Context& base, const Context& candidate) {
    for (const EnvironmentDifference& difference : Between(base, candidate)) {
      if (difference.key == "mhz_per_cpu") return difference.refuses();
    }
    return false;
  };
  EXPECT_TRUE(refused({{"host_name", "a"}, {"mhz_per_cpu", 1800}},
                      {{"host_name", "b"}, {"mhz_per_cpu", 4100}}));
  EXPECT_TRUE(refused({{"host_name", "a"}, {"mhz_per_cpu", 1800}}, {{"mhz_per_cpu", 4100}}));
  EXPECT_TRUE(
      refused({{"host_name", "a"}, {"loadline.host.cpu_model", "One"}, {"mhz_per_cpu", 1800}},
              {{"host_name", "a"}, {"loadline.host.cpu_model", "Two"}, {"mhz_per_cpu", 4100}}));
}

TEST(CompareEnvironments, WarnsOfLoadEvenWhereBothSidesHaveIt) {
  const Context busy = {{"num_cpus", 2}, {"loadline.load_before", "1.5"}};
  const auto found = Between(busy, busy);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "load");
  EXPECT_EQ(found[0].weight, EnvironmentWeight::kWarn);
  const Context idle = {{"num_cpus", 2}, {"loadline.load_before", "0.9"}};
  EXPECT_THAT(Between(idle, idle), IsEmpty());
}

TEST(CompareEnvironments, RefusesOnlyThreadedFiguresAcrossTheirChangeOfMeaning) {
  const auto found = Between({{"library_version", "v1.8.5"}}, {{"library_version", "v1.9.5"}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, "time_semantics");
  EXPECT_TRUE(found[0].only_threaded);
  EXPECT_FALSE(found[0].refuses());
  EXPECT_EQ(found[1].key, "library_version");
  EXPECT_EQ(found[1].weight, EnvironmentWeight::kWarn);
}

TEST(CompareEnvironments, ExpectsAnotherProgramOnTheOtherSideOnly) {
  const Context one = {{"loadline.executable_hash", "crc32c:1"}};
  const Context other = {{"loadline.executable_hash", "crc32c:2"}};
  EXPECT_THAT(Between(one, other), IsEmpty());
  const auto found = CompareEnvironments({Of(one), Of(other)}, {Of(one)}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].within_side);
  EXPECT_TRUE(found[0].refuses());
}

TEST(CompareEnvironments, TakesThePackagedLibrarysBuildForNoEvidence) {
  const auto found =
      Between({{"library_build_type", "debug"}}, {{"library_build_type", "release"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].weight, EnvironmentWeight::kNote);
}

TEST(CompareEnvironments, NamesEveryValueOfASideOnce) {
  const auto found = CompareEnvironments(
      {Of({{"num_cpus", 2}}), Of({{"num_cpus", 4}}), Of({{"num_cpus", 2}})}, {Of({})}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].base, "2 | 4");
  EXPECT_TRUE(found[0].within_side);
}

TEST(CompareEnvironments, SurvivesContextsOfTheWrongShape) {
  const Context odd = {{"num_cpus", results::Json::Array{}},
                       {"caches", "none"},
                       {"load_avg", results::Json::Object{}},
                       {"mhz_per_cpu", "fast"}};
  EXPECT_THAT(Between(odd, odd), IsEmpty());
  EXPECT_EQ(Between(odd, {{"mhz_per_cpu", 3000}}).size(), 1U);
}

TEST(UnsaidByAll, NamesWhatWouldDecide) {
  EXPECT_THAT(UnsaidByAll({Of({{"num_cpus", 2}})}, {Of({})}),
              ElementsAre("CPU model", "build", "compiler", "allocator"));
}

TEST(SameExecutable, NeedsOneHashThatEveryFileSays) {
  const Environment one = Of({{"loadline.executable_hash", "crc32c:1"}});
  const Environment other = Of({{"loadline.executable_hash", "crc32c:2"}});
  const Environment silent = Of({});
  EXPECT_TRUE(SameExecutable({one, one}, {one}));
  EXPECT_FALSE(SameExecutable({one}, {other}));
  EXPECT_FALSE(SameExecutable({one}, {silent}));
  EXPECT_FALSE(SameExecutable({one, silent}, {one}));
  EXPECT_FALSE(SameExecutable({silent}, {silent}));
}

TEST(EnvironmentKeys, AreThoseThatCanBeRefused) {
  EXPECT_THAT(EnvironmentKeys(), Contains("cpu_model"));
  EXPECT_THAT(EnvironmentKeys(), Contains("time_semantics"));
  EXPECT_THAT(EnvironmentKeys(), Not(Contains("host")));
}

}  // namespace
}  // namespace loadline::samples
