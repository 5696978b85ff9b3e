#include "stowage/storage/resident_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr int kKeys = 16;

// Counts what is open by key, as files with an exclusive lock would.
struct Ledger {
  std::array<std::atomic<int>, kKeys> open{};
  std::atomic<int> total{0};
  std::atomic<int> most{0};
  std::atomic<int> opened_twice{0};
  std::atomic<int> loads{0};
};

class Resident {
 public:
  Resident(Ledger& ledger, int key) : ledger_(ledger), key_(key) {
    if (ledger_.open[key_].fetch_add(1) != 0) ledger_.opened_twice.fetch_add(1);
    const int now = ledger_.total.fetch_add(1) + 1;
    int most = ledger_.most.load();
    while (now > most && !ledger_.most.compare_exchange_weak(most, now)) {
    }
    ledger_.loads.fetch_add(1);
  }
  ~Resident() {
    ledger_.total.fetch_sub(1);
    ledger_.open[key_].fetch_sub(1);
  }
  int key() const { return key_; }

 private:
  Ledger& ledger_;
  const int key_;
};

using Set = ResidentSet<int, Resident>;

auto Open(Ledger& ledger, int key, size_t bytes = 0) {
  return [&ledger, key, bytes](Set::Budget& budget) -> absl::StatusOr<std::unique_ptr<Resident>> {
    LOADLINE_RETURN_IF_ERROR(budget.Reserve(bytes));
    return std::make_unique<Resident>(ledger, key);
  };
}

absl::StatusOr<Set::Pin> Acquire(Set& set, Ledger& ledger, int key, size_t bytes = 0) {
  return set.Acquire(key, Open(ledger, key, bytes));
}

std::vector<int> Keys(const Set& set) {
  std::vector<int> keys;
  set.ForEach([&](int key, const Resident&) { keys.push_back(key); });
  return keys;
}

// Lets other threads reach the place where they must wait. On a stalled machine a test that
// relies on it can pass without having looked, but never fail.
void LetOthersRun() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

void WaitUntilNotAvailable(const Set& set, int key) {
  while (set.Contains(key)) std::this_thread::yield();
}

TEST(ResidentSet, LoadsAnAbsentEntryAndFindsItAgain) {
  Ledger ledger;
  Set set({.max_entries = 2});
  ASSERT_OK(Acquire(set, ledger, 7));
  auto again = Acquire(set, ledger, 7);
  ASSERT_OK(again);
  EXPECT_EQ((*again)->key(), 7);
  EXPECT_EQ(ledger.loads, 1);
  EXPECT_EQ(set.Stats().hits, 1u);
  EXPECT_EQ(set.Stats().loads, 1u);
}

TEST(ResidentSet, EvictsTheEntryAcquiredLongestAgo) {
  Ledger ledger;
  Set set({.max_entries = 2});
  ASSERT_OK(Acquire(set, ledger, 1));
  ASSERT_OK(Acquire(set, ledger, 2));
  ASSERT_OK(Acquire(set, ledger, 1));
  ASSERT_OK(Acquire(set, ledger, 3));
  EXPECT_THAT(Keys(set), UnorderedElementsAre(1, 3));
  EXPECT_EQ(set.Stats().evictions, 1u);
}

TEST(ResidentSet, EvictsAnUnpinnedEntryBeforeAnOlderPinnedOne) {
  Ledger ledger;
  Set set({.max_entries = 2});
  auto pinned = Acquire(set, ledger, 1);
  ASSERT_OK(pinned);
  ASSERT_OK(Acquire(set, ledger, 2));
  ASSERT_OK(Acquire(set, ledger, 3));
  EXPECT_THAT(Keys(set), UnorderedElementsAre(1, 3));
}

TEST(ResidentSet, WaitsForAPlaceWhileAllEntriesArePinned) {
  Ledger ledger;
  Set set({.max_entries = 1});
  std::optional<Set::Pin> pinned = *Acquire(set, ledger, 1);
  std::atomic<bool> got{false};
  std::thread other([&] {
    EXPECT_OK(Acquire(set, ledger, 2));
    got = true;
  });
  LetOthersRun();
  EXPECT_FALSE(got);
  EXPECT_EQ(ledger.open[1], 1);
  pinned.reset();
  other.join();
  EXPECT_TRUE(got);
  EXPECT_EQ(ledger.most, 1);
}

TEST(ResidentSet, DoesNotStarveALoadWhenUsersOfAnotherEntryOverlapForEver) {
  Ledger ledger;
  Set set({.max_entries = 1});
  std::optional<Set::Pin> first = *Acquire(set, ledger, 1);
  std::atomic<bool> second_got{false};
  std::thread loader([&] { EXPECT_OK(Acquire(set, ledger, 2)); });
  WaitUntilNotAvailable(set, 1);
  // A further user of entry 1 comes while the load waits: it must not get in first.
  std::thread user([&] {
    EXPECT_OK(Acquire(set, ledger, 1));
    second_got = true;
  });
  LetOthersRun();
  EXPECT_FALSE(second_got);
  first.reset();
  loader.join();
  user.join();
  EXPECT_EQ(ledger.loads, 3);  // 1, 2, and 1 anew
}

TEST(ResidentSet, LoadsOnceForTwoThreadsThatAskForTheSameAbsentEntry) {
  Ledger ledger;
  Set set({.max_entries = 4});
  std::atomic<int> inside{0};
  auto slow = [&](Set::Budget&) -> absl::StatusOr<std::unique_ptr<Resident>> {
    inside.fetch_add(1);
    LetOthersRun();
    return std::make_unique<Resident>(ledger, 5);
  };
  std::thread one([&] { EXPECT_OK(set.Acquire(5, slow)); });
  std::thread two([&] { EXPECT_OK(set.Acquire(5, slow)); });
  one.join();
  two.join();
  EXPECT_EQ(inside, 1);
  EXPECT_EQ(ledger.loads, 1);
}

TEST(ResidentSet, EvictsOneEntryOnlyForTwoThreadsThatAskForTheSameAbsentEntry) {
  Ledger ledger;
  Set set({.max_entries = 2});
  std::vector<Set::Pin> pins;
  pins.push_back(*Acquire(set, ledger, 1));
  pins.push_back(*Acquire(set, ledger, 2));
  std::thread one([&] { EXPECT_OK(Acquire(set, ledger, 3)); });
  std::thread two([&] { EXPECT_OK(Acquire(set, ledger, 3)); });
  LetOthersRun();
  pins.clear();
  one.join();
  two.join();
  EXPECT_EQ(set.Stats().evictions, 1u);
  EXPECT_THAT(Keys(set), UnorderedElementsAre(2, 3));
}

TEST(ResidentSet, KeepsNothingOfAFailedLoad) {
  Ledger ledger;
  Set set({.max_entries = 1, .max_bytes = 100});
  auto fail = [](Set::Budget& budget) -> absl::StatusOr<std::unique_ptr<Resident>> {
    LOADLINE_RETURN_IF_ERROR(budget.Reserve(90));
    return absl::DataLossError("planted");
  };
  EXPECT_THAT(set.Acquire(1, fail), StatusIs(absl::StatusCode::kDataLoss, "planted"));
  EXPECT_EQ(set.Stats().entries, 0u);
  EXPECT_EQ(set.Stats().bytes, 0u);
  EXPECT_EQ(set.Stats().loads, 0u);
  EXPECT_OK(Acquire(set, ledger, 1, 90));
}

TEST(ResidentSet, TriesAgainForAThreadThatWaitedForALoadThatFailed) {
  Ledger ledger;
  Set set({.max_entries = 1});
  std::atomic<bool> loading{false};
  std::thread failing([&] {
    auto fail = [&](Set::Budget&) -> absl::StatusOr<std::unique_ptr<Resident>> {
      loading = true;
      LetOthersRun();
      return absl::UnavailableError("planted");
    };
    EXPECT_FALSE(set.Acquire(1, fail).ok());
  });
  while (!loading) std::this_thread::yield();
  EXPECT_OK(Acquire(set, ledger, 1));
  failing.join();
}

TEST(ResidentSet, ReleaseWaitsForUsersAndBarsNewOnes) {
  Ledger ledger;
  Set set({.max_entries = 2});
  std::optional<Set::Pin> user = *Acquire(set, ledger, 1);
  std::atomic<bool> released{false};
  std::thread releaser([&] {
    set.Release(1);
    released = true;
  });
  WaitUntilNotAvailable(set, 1);
  LetOthersRun();
  EXPECT_FALSE(released);
  // Whoever comes now is answered by a fresh load, which may well refuse.
  std::thread late([&] {
    auto refuse = [&](Set::Budget&) -> absl::StatusOr<std::unique_ptr<Resident>> {
      EXPECT_EQ(ledger.open[1], 0);
      return absl::NotFoundError("gone");
    };
    EXPECT_THAT(set.Acquire(1, refuse), StatusIs(absl::StatusCode::kNotFound));
  });
  LetOthersRun();
  EXPECT_EQ((*user)->key(), 1);
  user.reset();
  releaser.join();
  late.join();
  EXPECT_EQ(ledger.total, 0);
}

TEST(ResidentSet, ReleaseWaitsForARunningLoad) {
  Ledger ledger;
  Set set({.max_entries = 2});
  std::atomic<bool> loading{false};
  std::thread loader([&] {
    auto slow = [&](Set::Budget&) -> absl::StatusOr<std::unique_ptr<Resident>> {
      loading = true;
      LetOthersRun();
      return std::make_unique<Resident>(ledger, 1);
    };
    EXPECT_OK(set.Acquire(1, slow));
  });
  while (!loading) std::this_thread::yield();
  set.Release(1);
  EXPECT_EQ(ledger.loads, 1);
  EXPECT_EQ(ledger.total, 0);
  loader.join();
}

TEST(ResidentSet, ReleaseOfAnAbsentEntryDoesNothing) {
  Set set({.max_entries = 1});
  set.Release(3);
  EXPECT_EQ(set.Stats().entries, 0u);
}

TEST(ResidentSet, DestroysItsEntriesLongestUnusedFirst) {
  struct Noted {
    explicit Noted(std::vector<int>& l, int k) : log(l), key(k) {}
    ~Noted() { log.push_back(key); }
    std::vector<int>& log;
    int key;
  };
  using NotedSet = ResidentSet<int, Noted>;
  std::vector<int> log;
  {
    NotedSet set({.max_entries = 3});
    for (int key : {1, 2, 3, 1}) {
      ASSERT_OK(set.Acquire(key, [&](NotedSet::Budget&) -> absl::StatusOr<std::unique_ptr<Noted>> {
        return std::make_unique<Noted>(log, key);
      }));
    }
  }
  EXPECT_THAT(log, ElementsAre(2, 3, 1));
}

TEST(ResidentSetBudget, EvictsUntilALoadFits) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  ASSERT_OK(Acquire(set, ledger, 1, 40));
  ASSERT_OK(Acquire(set, ledger, 2, 40));
  ASSERT_OK(Acquire(set, ledger, 3, 90));
  EXPECT_THAT(Keys(set), ElementsAre(3));
  EXPECT_EQ(set.Stats().bytes, 90u);
}

TEST(ResidentSetBudget, RefusesALoadLargerThanTheWholeBudget) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  ASSERT_OK(Acquire(set, ledger, 1, 40));
  EXPECT_THAT(Acquire(set, ledger, 2, 101),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("101")));
  EXPECT_THAT(Keys(set), ElementsAre(1));
}

TEST(ResidentSetBudget, ALoadWaitsForThePinsThatHoldTheBytes) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  std::optional<Set::Pin> pinned = *Acquire(set, ledger, 1, 60);
  std::atomic<bool> got{false};
  std::thread other([&] {
    EXPECT_OK(Acquire(set, ledger, 2, 60));
    got = true;
  });
  LetOthersRun();
  EXPECT_FALSE(got);
  pinned.reset();
  other.join();
  EXPECT_THAT(Keys(set), ElementsAre(2));
}

TEST(ResidentSetBudget, GrowthEvictsUnpinnedEntriesOnly) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  auto in_use = Acquire(set, ledger, 1, 40);
  ASSERT_OK(in_use);
  ASSERT_OK(Acquire(set, ledger, 2, 20));
  auto growing = Acquire(set, ledger, 3, 20);
  ASSERT_OK(growing);
  EXPECT_OK(growing->Grow(40));
  EXPECT_THAT(Keys(set), UnorderedElementsAre(1, 3));
  EXPECT_THAT(growing->Grow(1), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(set.Stats().bytes, 100u);
}

TEST(ResidentSetBudget, ShrinkingMakesRoomForOthers) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  auto pin = Acquire(set, ledger, 1, 90);
  ASSERT_OK(pin);
  pin->Shrink(50);
  ASSERT_OK(Acquire(set, ledger, 2, 60));
  EXPECT_EQ(set.Stats().bytes, 100u);
}

TEST(ResidentSetBudget, HeadroomIsUsedByGrowthAndTheRestGivenBack) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  {
    auto pin = set.Acquire(1, Open(ledger, 1, 10), /*headroom=*/50);
    ASSERT_OK(pin);
    EXPECT_EQ(set.Stats().bytes, 60u);
    EXPECT_OK(pin->Grow(30));
    EXPECT_EQ(set.Stats().bytes, 60u);
  }
  EXPECT_EQ(set.Stats().bytes, 40u);
}

TEST(ResidentSetBudget, HeadroomWaitsForOtherUsers) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  std::optional<Set::Pin> other_user = *Acquire(set, ledger, 1, 50);
  std::atomic<bool> got{false};
  std::thread thread([&] {
    EXPECT_OK(set.Acquire(2, Open(ledger, 2, 10), /*headroom=*/60));
    got = true;
  });
  LetOthersRun();
  EXPECT_FALSE(got);
  other_user.reset();
  thread.join();
  EXPECT_THAT(Keys(set), ElementsAre(2));
}

TEST(ResidentSetBudget, RefusesHeadroomThatWouldNotFitAlone) {
  Ledger ledger;
  Set set({.max_entries = 10, .max_bytes = 100});
  EXPECT_THAT(set.Acquire(1, Open(ledger, 1, 50), /*headroom=*/51),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_OK(set.Acquire(1, Open(ledger, 1, 50), /*headroom=*/50));
}

TEST(ResidentSetBudget, CountsALoanUntilItsEnd) {
  Ledger ledger;
  Set set({.max_entries = 3, .max_bytes = 100});
  {
    const auto loan = set.Borrow(1, 60);
    ASSERT_OK(loan);
    EXPECT_EQ(set.Stats().bytes, 60);
    EXPECT_THAT(set.Borrow(1, 41).status(), StatusIs(absl::StatusCode::kResourceExhausted));
  }
  EXPECT_EQ(set.Stats().bytes, 0);
  EXPECT_OK(Acquire(set, ledger, 1, 50));
}

TEST(ResidentSetBudget, LendsByEvictingOthersThatNobodyUses) {
  Ledger ledger;
  Set set({.max_entries = 3, .max_bytes = 100});
  ASSERT_OK(Acquire(set, ledger, 1, 30));
  ASSERT_OK(Acquire(set, ledger, 2, 30));
  const auto pin = Acquire(set, ledger, 3, 30);
  ASSERT_OK(pin);
  EXPECT_OK(set.Borrow(1, 40));
  EXPECT_TRUE(set.Contains(1));
  EXPECT_FALSE(set.Contains(2));
  EXPECT_THAT(set.Borrow(1, 41).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("41 more do not fit")));
  EXPECT_TRUE(set.Contains(1));
  EXPECT_EQ(set.Stats().bytes, 60);
}

TEST(ResidentSet, AgreesWithAListOfRecentKeys) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    const size_t max_entries = 1 + random() % 5;
    Ledger ledger;
    Set set({.max_entries = max_entries});
    std::vector<int> model;  // acquired longest ago first
    for (int step = 0; step < 500; ++step) {
      const int key = static_cast<int>(random() % kKeys);
      const auto it = std::find(model.begin(), model.end(), key);
      const bool was_there = it != model.end();
      if (was_there) model.erase(it);
      if (random() % 8 == 0) {
        set.Release(key);
      } else {
        const int loads = ledger.loads;
        ASSERT_OK(Acquire(set, ledger, key));
        ASSERT_EQ(ledger.loads - loads, was_there ? 0 : 1) << "seed " << seed;
        model.push_back(key);
        if (model.size() > max_entries) model.erase(model.begin());
      }
      ASSERT_THAT(Keys(set), ::testing::UnorderedElementsAreArray(model)) << "seed " << seed;
    }
  }
}

TEST(ResidentSet, KeepsItsPromisesUnderManyThreads) {
  constexpr size_t kMaxEntries = 3;
  constexpr size_t kMaxBytes = 100;
  Ledger ledger;
  Set set({.max_entries = kMaxEntries, .max_bytes = kMaxBytes});
  std::atomic<int> wrong{0};
  auto work = [&](uint32_t seed) {
    std::mt19937 random(seed);
    for (int step = 0; step < 2'000; ++step) {
      const int key = static_cast<int>(random() % kKeys);
      if (random() % 16 == 0) {
        set.Release(key);
        continue;
      }
      const size_t headroom = random() % 4 == 0 ? random() % 30 : 0;
      auto pin = set.Acquire(key, Open(ledger, key, 5 + static_cast<size_t>(key) * 2), headroom);
      if (!pin.ok() || (*pin)->key() != key || ledger.open[key] != 1) wrong.fetch_add(1);
      if (pin.ok() && headroom > 0 && pin->Grow(headroom / 2).ok()) pin->Shrink(headroom / 2);
      if (set.Stats().bytes > kMaxBytes) wrong.fetch_add(1);
    }
  };
  std::vector<std::thread> threads;
  for (uint32_t seed = 0; seed < 6; ++seed) threads.emplace_back(work, seed);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(ledger.opened_twice, 0);
  EXPECT_LE(ledger.most, static_cast<int>(kMaxEntries));
  EXPECT_EQ(set.Stats().pinned, 0u);
}

}  // namespace
}  // namespace stowage
