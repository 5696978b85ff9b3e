#include "stowage/registry/project_id.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::StatusIs;

constexpr char kHex[] = "0123456789abcdef0123456789abcdef";

TEST(ProjectId, GeneratesRandomUuidsOfVersionFour) {
  std::set<ProjectId> ids;
  for (int i = 0; i < 1'000; ++i) {
    const auto id = ProjectId::Generate();
    ASSERT_OK(id);
    EXPECT_EQ(id->hex()[12], '4');
    EXPECT_NE(std::string("89ab").find(id->hex()[16]), std::string::npos);
    ids.insert(*id);
  }
  EXPECT_EQ(ids.size(), 1'000u);
}

TEST(ProjectId, ReadsBackWhatItWrites) {
  const auto id = ProjectId::FromHex(kHex);
  ASSERT_OK(id);
  EXPECT_EQ(id->hex(), kHex);
  const auto again = ProjectId::FromBytes(id->bytes());
  ASSERT_OK(again);
  EXPECT_EQ(*again, *id);
}

TEST(ProjectId, RefusesAllOtherTexts) {
  const std::string good = kHex;
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "0", std::string(32, '0'), std::string(32, 'A'),
        "{" + good.substr(2) + "}", "../" + good.substr(3), good.substr(1) + '\0',
        std::string(64'000, 'a')}) {
    EXPECT_THAT(ProjectId::FromHex(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  for (int byte = 0; byte < 256; ++byte) {
    std::string text = good;
    text[7] = static_cast<char>(byte);
    const bool digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
    EXPECT_EQ(ProjectId::FromHex(text).ok(), digit) << byte;
  }
}

TEST(ProjectId, RefusesAWrongNumberOfBytesAndTheZeroId) {
  for (const size_t size : {0, 1, 15, 17, 32}) {
    EXPECT_FALSE(ProjectId::FromBytes(std::string(size, 'x')).ok()) << size;
  }
  EXPECT_FALSE(ProjectId::FromBytes(std::string(16, '\0')).ok());
}

}  // namespace
}  // namespace stowage
