#include "loadline/base/status_macros.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "tests/support/status_matchers.h"

namespace loadline {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::testing::Pointee;

absl::Status CountUnlessFailed(const absl::Status& status, int& count) {
  LOADLINE_RETURN_IF_ERROR(status);
  ++count;
  return absl::OkStatus();
}

TEST(ReturnIfError, GoesOnWhenAllIsWell) {
  int count = 0;
  EXPECT_OK(CountUnlessFailed(absl::OkStatus(), count));
  EXPECT_EQ(count, 1);
}

TEST(ReturnIfError, ReturnsTheErrorAndDoesNoMore) {
  int count = 0;
  EXPECT_THAT(CountUnlessFailed(absl::NotFoundError("gone"), count),
              StatusIs(absl::StatusCode::kNotFound, "gone"));
  EXPECT_EQ(count, 0);
}

using Box = std::unique_ptr<int>;

absl::StatusOr<Box> Sum(absl::StatusOr<Box> first, absl::StatusOr<Box> second) {
  LOADLINE_ASSIGN_OR_RETURN(Box sum, std::move(first));
  LOADLINE_ASSIGN_OR_RETURN(const Box more, std::move(second));
  *sum += *more;
  return sum;
}

TEST(AssignOrReturn, MovesTheValueOut) {
  EXPECT_THAT(Sum(std::make_unique<int>(2), std::make_unique<int>(3)), IsOkAndHolds(Pointee(5)));
}

TEST(AssignOrReturn, ReturnsTheFirstError) {
  EXPECT_THAT(Sum(absl::NotFoundError("first"), absl::InternalError("second")),
              StatusIs(absl::StatusCode::kNotFound, "first"));
  EXPECT_THAT(Sum(std::make_unique<int>(2), absl::InternalError("second")),
              StatusIs(absl::StatusCode::kInternal, "second"));
}

}  // namespace
}  // namespace loadline
