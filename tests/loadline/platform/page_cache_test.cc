#include "loadline/platform/page_cache.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/physical_pages.h"
#include "tests/support/temp_dir.h"

namespace loadline::platform {
namespace {

using ::loadline::testing::Moved;
using ::loadline::testing::PhysicalPages;

constexpr size_t kBytes = size_t{1} << 20;

TEST(DropCachedPages, MovesEveryPageOfAFileThatNobodyHasMapped) {
  const testing::TempDir dir;
  const std::string file = dir.WriteFile("file", std::string(kBytes, 'x'));
  const std::vector<uint64_t> before = PhysicalPages(file);
  if (before.empty()) GTEST_SKIP() << "where pages lie is not told here";
  EXPECT_EQ(Moved(before, PhysicalPages(file)), 0U) << "of itself nothing moves";
  ASSERT_TRUE(DropCachedPages(file));
  CachePages(file);
  // A page can by chance come to lie where it was.
  EXPECT_GT(Moved(before, PhysicalPages(file)), before.size() * 9 / 10);
}

TEST(DropCachedPages, LosesNothingOfAFileThatWasJustWritten) {
  const testing::TempDir dir;
  const std::string text(kBytes + 1, 'y');
  const std::string file = dir.WriteFile("file", text);
  DropCachedPages(file);
  EXPECT_EQ(dir.ReadFile("file"), text);
}

TEST(DropCachedPages, SaysNoOfAFileThatIsNotThere) {
  const testing::TempDir dir;
  EXPECT_FALSE(DropCachedPages(dir.Path("nothing")));
  CachePages(dir.Path("nothing"));
}

}  // namespace
}  // namespace loadline::platform
