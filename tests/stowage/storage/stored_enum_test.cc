#include "stowage/storage/stored_enum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using loadline::testing::IsOkAndHolds;
using loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

enum class Colour { kRed, kGreen };
constexpr absl::string_view kNames[] = {"red", "green"};
constexpr StoredEnum<Colour> kColours("colour", kNames);

TEST(StoredEnum, KnowsEachValueByNumberAndByName) {
  EXPECT_EQ(kColours.FromStored(1), Colour::kGreen);
  EXPECT_EQ(kColours.Name(Colour::kGreen), "green");
  EXPECT_THAT(kColours.Parse("green"), IsOkAndHolds(Colour::kGreen));
  EXPECT_OK(kColours.Check(Colour::kRed));
}

TEST(StoredEnum, HasNoValueBeyondItsNames) {
  for (const int64_t number : {int64_t{-1}, int64_t{2}, std::numeric_limits<int64_t>::min(),
                               std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(kColours.FromStored(number), std::nullopt) << number;
  }
  EXPECT_EQ(kColours.Name(static_cast<Colour>(2)), "unknown");
  EXPECT_EQ(kColours.Name(static_cast<Colour>(-7)), "unknown");
}

TEST(StoredEnum, RefusesWhatIsNoValueNamingItAndTheRange) {
  EXPECT_THAT(kColours.Check(static_cast<Colour>(5)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("colour 5"), HasSubstr("0 (red) to 1 (green)"))));
  EXPECT_THAT(kColours.Parse("blue\n"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                 AllOf(HasSubstr("blue\\n"), HasSubstr("red"))));
}

}  // namespace
}  // namespace stowage
