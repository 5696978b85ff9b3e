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

constexpr size_t kBytes = size_t{64} << 20;

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
long FaultsOfFilling(bool large) {
  void* const pages = MapZeroPages(kBytes);
  if (large) PreferLargePages(pages, kBytes);
  const long before = MinorFaults();
  std::memset(pages, 1, kBytes);
  const long faults = MinorFaults() - before;
  UnmapZeroPages(pages, kBytes);
  return faults;
}

TEST(PreferLargePages, SavesMostFaultsOfFillingABigBuffer) {
  if (testing::kHasShadowMemory) GTEST_SKIP() << "the sanitizer's shadow memory faults as well";
  if (!GivesLargePages()) GTEST_SKIP() << "this system gives no large pages";
  EXPECT_LT(FaultsOfFilling(true), FaultsOfFilling(false) / 4);
}

TEST(PreferLargePages, LeavesWhatIsThereAsItIs) {
  std::string text(kBytes / 8, 'x');
  PreferLargePages(text.data() + 1, text.size() - 2);
  EXPECT_EQ(text.find_first_not_of('x'), std::string::npos);
}

TEST(PreferLargePages, LeavesSmallBuffersAlone) {
  char few[3] = {'a', 'b', 'c'};
  PreferLargePages(few, sizeof(few));
  PreferLargePages(few, 0);
  EXPECT_EQ(std::string(few, sizeof(few)), "abc");
}

}  // namespace
}  // namespace loadline::platform
