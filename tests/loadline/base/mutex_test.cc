#include "loadline/base/mutex.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <set>
#include <thread>
#include <vector>

namespace loadline {
namespace {

constexpr int kThreads = 4;
constexpr int kEach = 2'000;

void RunThreads(const std::function<void()>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
}

TEST(Mutex, LetsOneThreadInAtATime) {
  Mutex mutex;
  int count = 0;
  RunThreads([&] {
    for (int i = 0; i < kEach; ++i) {
      MutexLock lock(mutex);
      ++count;
    }
  });
  EXPECT_EQ(count, kThreads * kEach);
}

TEST(Mutex, IsNotTakenTwice) {
  Mutex mutex;
  MutexLock lock(mutex);
  std::thread([&mutex] {
    const bool taken = mutex.TryLock();
    EXPECT_FALSE(taken);
    if (taken) mutex.Unlock();
  }).join();
}

template <typename M>
class ReaderWriterLock : public ::testing::Test {};
using ReaderWriterLocks = ::testing::Types<SharedMutex, StripedSharedMutex>;
TYPED_TEST_SUITE(ReaderWriterLock, ReaderWriterLocks);

TYPED_TEST(ReaderWriterLock, NeverShowsReadersAHalfDoneWrite) {
  TypeParam mutex;
  int first = 0;
  int second = 0;
  RunThreads([&] {
    for (int i = 0; i < kEach; ++i) {
      if (i % 10 == 0) {
        WriterLock lock(mutex);
        ++first;
        ++second;
      } else {
        ReaderLock lock(mutex);
        ASSERT_EQ(first, second);
      }
    }
  });
  EXPECT_EQ(first, kThreads * kEach / 10);
}

TYPED_TEST(ReaderWriterLock, LetsReadersOfTwoThreadsInTogether) {
  TypeParam mutex;
  ReaderLock outer(mutex);
  std::thread([&mutex] { ReaderLock inner(mutex); }).join();  // would never end if they excluded
}

TEST(CondVar, WakesTheThreadThatWaits) {
  Mutex mutex;
  CondVar changed;
  bool done = false;
  std::thread other([&] {
    MutexLock lock(mutex);
    done = true;
    changed.NotifyAll();
  });
  {
    MutexLock lock(mutex);
    while (!done) changed.Wait(mutex);
    EXPECT_TRUE(done);
  }
  other.join();
}

TEST(CondVar, GivesUpAfterTheGivenTime) {
  Mutex mutex;
  CondVar never;
  MutexLock lock(mutex);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  while (std::chrono::steady_clock::now() < deadline) {
    never.WaitFor(mutex, std::chrono::milliseconds(5));
  }
  EXPECT_GE(std::chrono::steady_clock::now(), deadline);
}

TEST(StripedSharedMutex, DealsThreadsToDifferentStripes) {
  std::set<size_t> stripes;
  for (size_t i = 0; i < StripedSharedMutex::kStripes; ++i) {
    std::thread([&stripes] { stripes.insert(StripedSharedMutex::ThreadStripe()); }).join();
  }
  EXPECT_EQ(stripes.size(), StripedSharedMutex::kStripes);
}

}  // namespace
}  // namespace loadline
