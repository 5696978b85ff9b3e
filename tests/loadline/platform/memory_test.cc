#include "loadline/platform/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "loadline/platform/cpu.h"
#include "tests/support/sanitizer.h"
#include "tests/support/status_matchers.h"

extern char** environ;

namespace loadline::platform {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::kHasShadowMemory;

constexpr size_t kMiB = size_t{1} << 20;
// The kernel adds up resident pages in batches, 64 a thread or more, and answers without waiting
// for what is under way: 16 MiB have been read as 217 KB less on a busy machine.
constexpr double kCountedInBatches = 0.5 * kMiB;

// Pages straight from the OS, so that no allocator keeps them or hands out old ones.
class HeldMemory {
 public:
  explicit HeldMemory(size_t bytes)
      : bytes_(bytes),
        data_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)) {
    if (data_ != MAP_FAILED) std::memset(data_, 1, bytes_);
  }
  ~HeldMemory() {
    if (data_ != MAP_FAILED) ::munmap(data_, bytes_);
  }
  HeldMemory(const HeldMemory&) = delete;
  HeldMemory& operator=(const HeldMemory&) = delete;
  bool held() const { return data_ != MAP_FAILED; }

 private:
  const size_t bytes_;
  void* const data_;
};

double BytesOf(const MemoryReading& reading) {
  EXPECT_TRUE(reading.bytes.has_value()) << reading.source;
  return static_cast<double>(reading.bytes.value_or(0));
}

TEST(CurrentMemory, GrowsByWhatIsHeldAndFallsWhenItIsReleased) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  const double before = BytesOf(CurrentMemory());
  {
    const HeldMemory held(16 * kMiB);
    ASSERT_TRUE(held.held());
    EXPECT_NEAR(BytesOf(CurrentMemory()) - before, 16.0 * kMiB, kCountedInBatches);
  }
  EXPECT_NEAR(BytesOf(CurrentMemory()), before, kCountedInBatches);
}

TEST(CurrentMemory, DoesNotMoveWhenNothingIsHeld) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  const double before = BytesOf(CurrentMemory());
  EXPECT_NEAR(BytesOf(CurrentMemory()), before, kCountedInBatches);
}

TEST(CurrentMemory, DoesNotCountMemoryThatWasNeverTouched) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  const double before = BytesOf(CurrentMemory());
  void* const mapped =
      ::mmap(nullptr, 64 * kMiB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  EXPECT_NEAR(BytesOf(CurrentMemory()), before, kCountedInBatches);
  ::munmap(mapped, 64 * kMiB);
}

TEST(AnonymousMemory, GrowsByWhatIsHeldWhereTheOsKnowsIt) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  const MemoryReading before = AnonymousMemory();
  if (!before.bytes.has_value()) {
    EXPECT_EQ(before.source, kMemoryUnavailable);
    return;
  }
  const HeldMemory held(16 * kMiB);
  ASSERT_TRUE(held.held());
  EXPECT_NEAR(BytesOf(AnonymousMemory()) - BytesOf(before), 16.0 * kMiB, kCountedInBatches);
}

TEST(PeakMemory, KeepsWhatWasReleased) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  const double before = BytesOf(CurrentMemory());
  { const HeldMemory held(96 * kMiB); }
  EXPECT_GE(BytesOf(PeakMemory()), before + 95.0 * kMiB);
  EXPECT_LT(BytesOf(CurrentMemory()), before + 1.0 * kMiB);
}

TEST(ResetPeakMemory, StartsThePeakAgainAtTheCurrentValue) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  { const HeldMemory held(64 * kMiB); }
  const absl::Status reset = ResetPeakMemory();
  if (absl::IsUnimplemented(reset)) GTEST_SKIP() << reset;
  ASSERT_THAT(reset, IsOk());
  const double current = BytesOf(CurrentMemory());
  EXPECT_NEAR(BytesOf(PeakMemory()), current, kCountedInBatches);
  { const HeldMemory held(16 * kMiB); }
  EXPECT_NEAR(BytesOf(PeakMemory()) - current, 16.0 * kMiB, kCountedInBatches);
}

TEST(MemoryReadings, NameTheFigureThatTheyAre) {
  EXPECT_THAT(std::string(CurrentMemory().source), ::testing::AnyOf("VmRSS", "phys_footprint"));
  EXPECT_THAT(std::string(PeakMemory().source),
              ::testing::AnyOf("VmHWM", "ri_lifetime_max_phys_footprint"));
  EXPECT_EQ(PeakMemoryOf(::getpid()).source, PeakMemory().source);
}

// Starts this program again for the one test `filter`, with LOADLINE_TEST_CHILD set.
int SpawnSelf(const std::string& program, const std::string& filter) {
  std::string name = program;
  std::string flag = "--gtest_filter=" + filter;
  char* arguments[] = {name.data(), flag.data(), nullptr};
  ::setenv("LOADLINE_TEST_CHILD", "1", 1);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ);
  ::unsetenv("LOADLINE_TEST_CHILD");
  return error == 0 ? pid : -1;
}

// True if the child ran to its end without a failed expectation.
bool WaitForSuccess(int pid) {
  int status = 0;
  return ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(PeakMemory, OfAChildIsNotThatOfItsParent) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  if (std::getenv("LOADLINE_TEST_CHILD") != nullptr) {
    EXPECT_LT(BytesOf(PeakMemory()), 100.0 * kMiB);
    return;
  }
  const std::string program = ::testing::internal::GetArgvs().front();
  const HeldMemory held(200 * kMiB);
  ASSERT_TRUE(held.held());
  ASSERT_GT(BytesOf(PeakMemory()), 200.0 * kMiB);
  const int child = SpawnSelf(program, "PeakMemory.OfAChildIsNotThatOfItsParent");
  ASSERT_GT(child, 0);
  EXPECT_TRUE(WaitForSuccess(child));
}

TEST(PeakMemoryOf, ReadsAnotherProcess) {
  if (kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  int ready[2];
  int finish[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(finish), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    { const HeldMemory held(32 * kMiB); }
    char byte = 0;
    ::close(finish[1]);
    const bool told = ::write(ready[1], &byte, 1) == 1 && ::read(finish[0], &byte, 1) == 0;
    ::_exit(told ? 0 : 1);
  }
  ASSERT_GT(child, 0);
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const double current = BytesOf(CurrentMemoryOf(child));
  EXPECT_GE(BytesOf(PeakMemoryOf(child)) - current, 30.0 * kMiB);
  for (const int fd : {finish[1], finish[0], ready[0], ready[1]}) ::close(fd);
  EXPECT_TRUE(WaitForSuccess(child));
}

TEST(PeakMemoryOf, IsUnavailableForAProcessThatHasEnded) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_GT(child, 0);
  ASSERT_TRUE(WaitForSuccess(child));
  const MemoryReading reading = PeakMemoryOf(child);
  EXPECT_FALSE(reading.bytes.has_value());
  EXPECT_EQ(reading.source, kMemoryUnavailable);
}

}  // namespace
}  // namespace loadline::platform
