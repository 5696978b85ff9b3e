#include "stowage/context/message_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using loadline::testing::IsOkAndHolds;
using loadline::testing::StatusIs;
using Metadata = std::map<std::string, std::string>;

TEST(MessageMetadata, WritesTheDocumentedBytes) {
  EXPECT_EQ(EncodeMessageMetadata({}), "");
  EXPECT_EQ(EncodeMessageMetadata({{"k", "vw"}}), std::string("\1\0\0\0k\2\0\0\0vw", 11));
}

TEST(MessageMetadata, ReadsBackAnyBytes) {
  const std::string every_byte = [] {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    return bytes;
  }();
  const Metadata metadata = {
      {"", ""}, {std::string("\0", 1), "nul"}, {"\xff\xfe", every_byte}, {"long", every_byte}};
  EXPECT_THAT(DecodeMessageMetadata(EncodeMessageMetadata(metadata)), IsOkAndHolds(metadata));
}

TEST(MessageMetadata, RefusesEveryTruncation) {
  const std::string bytes = EncodeMessageMetadata({{"key", "value"}});
  for (size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeMessageMetadata(bytes.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss))
        << size;
  }
}

TEST(MessageMetadata, RefusesKeysOutOfOrderAndTwice) {
  const std::string a = EncodeMessageMetadata({{"a", "1"}});
  const std::string b = EncodeMessageMetadata({{"b", "2"}});
  EXPECT_THAT(DecodeMessageMetadata(a + b), loadline::testing::IsOk());
  EXPECT_THAT(DecodeMessageMetadata(b + a), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(DecodeMessageMetadata(a + a), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(MessageMetadata, AcceptsOnlyWhatItWouldWriteItself) {
  std::mt19937 random(1);
  const std::string good = EncodeMessageMetadata({{"a", "xy"}, {"bc", ""}, {"d", "z"}});
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random() % 8);
    const auto decoded = DecodeMessageMetadata(bytes);
    if (decoded.ok()) {
      ASSERT_EQ(EncodeMessageMetadata(*decoded), bytes);
    }
  }
}

}  // namespace
}  // namespace stowage
