#include "stowage/context/active_project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace stowage {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const ProjectId kOne = *ProjectId::FromHex("00000000000000000000000000000001");
const ProjectId kTwo = *ProjectId::FromHex("00000000000000000000000000000002");

TEST(ActiveProject, TellsFromWhereToWhere) {
  ActiveProject active;
  std::vector<ContextSwitch> seen;
  active.AddObserver([&](const ContextSwitch& change) { seen.push_back(change); });
  active.Deliver(active.Set(kOne));
  active.Deliver(active.Set(kOne));
  active.Deliver(active.Set(std::nullopt));
  ASSERT_THAT(seen, SizeIs(2));
  EXPECT_EQ(seen[0].from, std::nullopt);
  EXPECT_EQ(seen[0].to, kOne);
  EXPECT_EQ(seen[1].from, kOne);
  EXPECT_EQ(seen[1].to, std::nullopt);
}

TEST(ActiveProject, IsClearedForThatProjectOnly) {
  ActiveProject active;
  active.Deliver(active.Set(kOne));
  active.Deliver(active.ClearIf(kTwo));
  EXPECT_EQ(active.Get(), kOne);
  active.Deliver(active.ClearIf(kOne));
  EXPECT_EQ(active.Get(), std::nullopt);
}

TEST(ActiveProject, AnObserverMaySwitchAndIsToldAfterwards) {
  ActiveProject active;
  std::vector<std::optional<ProjectId>> seen;
  active.AddObserver([&](const ContextSwitch& change) {
    seen.push_back(change.to);
    if (change.to == kOne) active.Deliver(active.Set(kTwo));
  });
  active.Deliver(active.Set(kOne));
  EXPECT_THAT(seen, ElementsAre(kOne, kTwo));
}

TEST(ActiveProject, AnObserverMayRemoveItself) {
  ActiveProject active;
  int calls = 0;
  int number = 0;
  number = active.AddObserver([&](const ContextSwitch&) {
    ++calls;
    active.RemoveObserver(number);
  });
  active.Deliver(active.Set(kOne));
  active.Deliver(active.Set(kTwo));
  EXPECT_EQ(calls, 1);
}

TEST(ActiveProject, ChainsTheSwitchesOfManyThreadsWithoutAGap) {
  ActiveProject active;
  std::optional<ProjectId> last;
  int broken = 0;
  int calls = 0;
  active.AddObserver([&](const ContextSwitch& change) {
    if (change.from != last) ++broken;
    last = change.to;
    ++calls;
  });
  std::vector<std::thread> threads;
  for (const ProjectId& id : {kOne, kTwo}) {
    threads.emplace_back([&active, id] {
      for (int i = 0; i < 2'000; ++i) active.Deliver(active.Set(id));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(broken, 0);
  EXPECT_GE(calls, 2);
  EXPECT_EQ(last, active.Get());
}

TEST(ActiveProject, ARemovedObserverIsNotRunningAnyMore) {
  ActiveProject active;
  std::atomic<bool> inside{false};
  std::atomic<bool> gone{false};
  std::atomic<int> late{0};
  const int number = active.AddObserver([&](const ContextSwitch&) {
    inside = true;
    for (int i = 0; i < 1'000; ++i) std::this_thread::yield();
    if (gone) late.fetch_add(1);
  });
  std::thread switcher([&] { active.Deliver(active.Set(kOne)); });
  while (!inside) std::this_thread::yield();
  active.RemoveObserver(number);
  gone = true;
  switcher.join();
  EXPECT_EQ(late, 0);
}

}  // namespace
}  // namespace stowage
