#include "stowage/context/message_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace stowage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

MessagePtr Numbered(int64_t sequence, size_t text_bytes = 1'000) {
  return std::make_shared<const Message>(
      Message{.sequence = sequence, .text = std::string(text_bytes, 'x'), .metadata = {}});
}

std::vector<int64_t> Sequences(const MessageWindow& window, size_t limit = 1'000) {
  std::vector<int64_t> sequences;
  for (const MessagePtr& message : window.Newest(limit)) sequences.push_back(message->sequence);
  return sequences;
}

const size_t kFootprint = MessageFootprint(*Numbered(1));

TEST(MessageWindow, KeepsTheNewestThatFit) {
  MessageWindow window(3 * kFootprint);
  for (int64_t i = 1; i <= 5; ++i) window.PushNewest(Numbered(i));
  EXPECT_THAT(Sequences(window), ElementsAre(3, 4, 5));
  EXPECT_THAT(Sequences(window, 2), ElementsAre(4, 5));
  EXPECT_LE(window.bytes(), 3 * kFootprint);
  EXPECT_FALSE(window.complete());
  EXPECT_FALSE(window.Covers(2));
  EXPECT_TRUE(window.Covers(3));
}

TEST(MessageWindow, IsCompleteUntilSomethingIsLeftOut) {
  MessageWindow window(2 * kFootprint);
  EXPECT_TRUE(window.complete());
  window.PushNewest(Numbered(1));
  window.PushNewest(Numbered(2));
  EXPECT_TRUE(window.complete());
  window.PushNewest(Numbered(3));
  EXPECT_FALSE(window.complete());
}

TEST(MessageWindow, HoldsNothingWhenOneMessageExceedsTheBudget) {
  MessageWindow window(kFootprint);
  window.PushNewest(Numbered(1));
  window.PushNewest(Numbered(2, 100'000));
  EXPECT_THAT(Sequences(window), IsEmpty());
  EXPECT_EQ(window.bytes(), 0u);
  EXPECT_FALSE(window.Covers(2));
}

TEST(MessageWindow, FillsBackwardsUntilOneDoesNotFit) {
  MessageWindow window(2 * kFootprint + kFootprint / 2);
  EXPECT_TRUE(window.PushOldest(Numbered(9)));
  EXPECT_TRUE(window.PushOldest(Numbered(8)));
  EXPECT_FALSE(window.PushOldest(Numbered(7)));
  EXPECT_FALSE(window.PushOldest(Numbered(6, 1))) << "it would leave a hole at 7";
  EXPECT_THAT(Sequences(window), ElementsAre(8, 9));
  EXPECT_FALSE(window.Covers(7));
  EXPECT_TRUE(window.Covers(8));
}

TEST(MessageWindow, RemovesByNumberAndStillCoversThem) {
  MessageWindow window(10 * kFootprint);
  for (int64_t i = 1; i <= 4; ++i) window.PushNewest(Numbered(i));
  window.Remove({2, 4, 77});
  EXPECT_THAT(Sequences(window), ElementsAre(1, 3));
  EXPECT_EQ(window.Find(2), nullptr);
  EXPECT_TRUE(window.Covers(2));
  EXPECT_EQ(window.bytes(), 2 * kFootprint);
}

TEST(MessageWindow, FindsByNumber) {
  MessageWindow window(10 * kFootprint);
  for (int64_t i : {2, 5, 9}) window.PushNewest(Numbered(i));
  EXPECT_EQ(window.Find(5)->sequence, 5);
  EXPECT_EQ(window.Find(1), nullptr);
  EXPECT_EQ(window.Find(6), nullptr);
  EXPECT_EQ(window.Find(10), nullptr);
}

TEST(MessageWindow, CountsMetadata) {
  Message message{.text = "", .metadata = {}};
  const size_t without = MessageFootprint(message);
  message.metadata["key"] = std::string(5'000, 'v');
  EXPECT_GE(MessageFootprint(message), without + 5'000);
}

}  // namespace
}  // namespace stowage
