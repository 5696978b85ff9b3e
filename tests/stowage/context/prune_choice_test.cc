#include "stowage/context/prune_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace stowage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The rule word by word: one message after the other.
std::vector<int64_t> PruneOneByOne(std::vector<PruneCandidate> messages, const PruneRule& rule) {
  std::vector<int64_t> removed;
  while (messages.size() > rule.keep) {
    const size_t open_to_removal = messages.size() - std::min(rule.keep_recent, rule.keep);
    size_t victim = 0;
    for (size_t i = 1; i < open_to_removal; ++i) {
      if (messages[i].importance < messages[victim].importance) victim = i;
    }
    removed.push_back(messages[victim].sequence);
    messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(victim));
  }
  std::sort(removed.begin(), removed.end());
  return removed;
}

TEST(ChoosePruned, RemovesTheLeastImportantFirst) {
  EXPECT_THAT(ChoosePruned({{1, 0.9}, {2, 0.1}, {3, 0.5}, {4, 0.2}}, {.keep = 2, .keep_recent = 0}),
              ElementsAre(2, 4));
}

TEST(ChoosePruned, RemovesTheOldestAmongEquals) {
  EXPECT_THAT(ChoosePruned({{1, 0.5}, {2, 0.5}, {3, 0.5}}, {.keep = 1, .keep_recent = 0}),
              ElementsAre(1, 2));
}

TEST(ChoosePruned, KeepsTheNewestHoweverUnimportant) {
  EXPECT_THAT(ChoosePruned({{1, 1.0}, {2, 0.9}, {3, 0.0}}, {.keep = 2, .keep_recent = 1}),
              ElementsAre(2));
}

TEST(ChoosePruned, ClampsTheRecentOnesToTheLimit) {
  EXPECT_THAT(ChoosePruned({{1, 1.0}, {2, 0.1}, {3, 0.1}}, {.keep = 1, .keep_recent = 50}),
              ElementsAre(1, 2));
}

TEST(ChoosePruned, RemovesNothingWithinTheLimitAndEverythingAtZero) {
  EXPECT_THAT(ChoosePruned({{1, 0.1}, {2, 0.1}}, {.keep = 2, .keep_recent = 0}), IsEmpty());
  EXPECT_THAT(ChoosePruned({}, {.keep = 0, .keep_recent = 0}), IsEmpty());
  EXPECT_THAT(ChoosePruned({{1, 0.1}, {2, 1.0}}, {.keep = 0, .keep_recent = 5}), ElementsAre(1, 2));
}

TEST(ChoosePruned, AgreesWithRemovingOneByOne) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<PruneCandidate> messages;
    const size_t count = random() % 40;
    int64_t sequence = 0;
    for (size_t i = 0; i < count; ++i) {
      sequence += 1 + static_cast<int64_t>(random() % 3);
      messages.push_back(
          {.sequence = sequence, .importance = static_cast<double>(random() % 5) / 4});
    }
    const PruneRule rule{.keep = random() % 45, .keep_recent = random() % 45};
    ASSERT_EQ(ChoosePruned(messages, rule), PruneOneByOne(messages, rule)) << "round " << round;
  }
}

}  // namespace
}  // namespace stowage
