#include "tests/repo/include_arrows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/repo/checked_tree.h"

namespace loadline::repo {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Finding> ArrowsOf(const std::string& path, const std::string& include) {
  return FindIncludesAgainstTheArrows({path, "#include \"" + include + "\"\n"});
}

TEST(IncludeArrows, HoldInEveryFile) {
  EXPECT_EQ(ReportOf(FindInTree(FindIncludesAgainstTheArrows)), "");
}

TEST(IncludeArrows, PointDownwards) {
  EXPECT_THAT(ArrowsOf("lib/stowage/workspace/a.cc", "stowage/storage/a.h"), IsEmpty());
  EXPECT_THAT(ArrowsOf("lib/stowage/vector/a.cc", "loadline/stats/a.h"), IsEmpty());
  EXPECT_THAT(ArrowsOf("lib/stowage/storage/a.cc", "stowage/registry/a.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("lib/loadline/base/a.cc", "loadline/stats/a.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("benchmarks/workload/a.cc", "benchmarks/micro/a.h"), SizeIs(1));
}

TEST(IncludeArrows, DoNotPointSideways) {
  EXPECT_THAT(ArrowsOf("lib/stowage/vector/a.cc", "stowage/context/a.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("lib/loadline/stats/a.cc", "loadline/platform/a.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("tools/loadline/compare/a.cc", "tools/loadline/run/a.h"), SizeIs(1));
}

TEST(IncludeArrows, KeepTheWingsApart) {
  EXPECT_THAT(ArrowsOf("lib/loadline/harness/a.cc", "stowage/registry/a.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("tools/loadline/run/a.cc", "stowage/registry/a.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("tools/loadline/run/a.cc", "loadline/monitor/a.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("tools/loadline/run/a.cc", "loadline/harness/counters.h"), SizeIs(1));
  EXPECT_THAT(ArrowsOf("lib/stowage/vector/a.cc", "tests/support/a.h"), SizeIs(1));
}

TEST(IncludeArrows, WantARoomForEveryFileAndAFullPathForEveryInclude) {
  EXPECT_THAT(FindIncludesAgainstTheArrows({"lib/newcomer/a.cc", ""}), SizeIs(1));
  EXPECT_THAT(ArrowsOf("lib/stowage/vector/a.cc", "a.h"), SizeIs(1));
}

TEST(ThirdPartyHeaders, AreIncludedOnlyWhereTheyBelong) {
  EXPECT_EQ(ReportOf(FindInTree(FindMisplacedThirdParty)), "");
}

TEST(ThirdPartyHeaders, AreFoundWhereTheyDoNotBelong) {
  const auto found = [](const std::string& path, const std::string& include) {
    return FindMisplacedThirdParty({path, "#include " + include + "\n"});
  };
  EXPECT_THAT(found("lib/stowage/vector/hnsw_graph.cc", "<hnswlib/hnswlib.h>"), IsEmpty());
  EXPECT_THAT(found("lib/stowage/vector/hnsw_graph.h", "<hnswlib/hnswlib.h>"), SizeIs(1));
  EXPECT_THAT(found("lib/stowage/vector/exact_scan.cc", "\"hnswlib/hnswalg.h\""), SizeIs(1));
  EXPECT_THAT(found("lib/stowage/registry/a.cc", "<sqlite3.h>"), SizeIs(1));
  EXPECT_THAT(found("lib/loadline/monitor/a.cc", "<benchmark/benchmark.h>"), SizeIs(1));
  EXPECT_THAT(found("tools/loadline/run/a.cc", "<benchmark/benchmark.h>"), SizeIs(1));
}

TEST(ThirdPartyHeaders, AreNotFoundInComments) {
  EXPECT_THAT(
      FindMisplacedThirdParty({"lib/stowage/registry/a.cc", "/*\n#include <sqlite3.h>\n*/"}),
      IsEmpty());
}

}  // namespace
}  // namespace loadline::repo
