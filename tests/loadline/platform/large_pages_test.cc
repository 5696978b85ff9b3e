#include "loadline/platform/large_pages.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <string>

#include "loadline/platform/zero_pages.h"
#include "tests/support/sanitizer.h"

namespace loadline::platform {
namespace {

constexpr size_t kManyPages = size_t{64} << 20;

bool GivesLargePages() {
  std::string modes;
  std::getline(std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"), modes);
  return modes.find("[madvise]") != std::string::npos ||
         modes.find("[always]") != std::string::npos;
}

long MinorFaults() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// Faults of filling fresh memory, which MapZeroPages asks not to be in large pages.
long FaultsOfFilling(size_t bytes, bool large) {
  void* const pages = MapZeroPages(bytes);
  if (large) PreferLargePages(pages, bytes);
  const long before = MinorFaults();
  std::memset(pages, 1, bytes);
  const long faults = MinorFaults() - before;
  UnmapZeroPages(pages, bytes);
  return faults;
}

TEST(PreferLargePages, SavesMostFaultsOfFillingABigBuffer) {
  if (testing::kHasShadowMemory) GTEST_SKIP() << "the sanitizer's shadow memory faults as well";
  if (!GivesLargePages()) GTEST_SKIP() << "this system gives no large pages";
  EXPECT_LT(FaultsOfFilling(kManyPages, true), FaultsOfFilling(kManyPages, false) / 4);
}

TEST(PreferLargePages, LeavesWhatIsThereAsItIs) {
  std::string text(kManyPages / 8, 'x');
  PreferLargePages(text.data() + 1, text.size() - 2);
  EXPECT_EQ(text.find_first_not_of('x'), std::string::npos);
}

TEST(PreferLargePages, LeavesSmallBuffersAlone) {
  if (testing::kHasShadowMemory) GTEST_SKIP() << "the sanitizer's shadow memory faults as well";
  constexpr size_t kSmall = (size_t{4} << 20) - 1;
  EXPECT_GT(FaultsOfFilling(kSmall, true), FaultsOfFilling(kSmall, false) * 3 / 4);
  PreferLargePages(nullptr, 0);
}

}  // namespace
}  // namespace loadline::platform
