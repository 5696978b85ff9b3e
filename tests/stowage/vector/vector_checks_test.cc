#include "stowage/vector/vector_checks.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kRefused = absl::StatusCode::kInvalidArgument;
constexpr StoreConfig kCosine3 = {.dimension = 3, .metric = Metric::kCosine};
constexpr StoreConfig kL2Of3 = {.dimension = 3, .metric = Metric::kSquaredL2};

TEST(CheckConfig, RefusesATargetThatIsNoRecall) {
  for (const double target : {-0.1, 1.0, 2.0, std::nan("")}) {
    EXPECT_THAT(CheckConfig({.dimension = 2, .target_recall = target}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("target_recall")));
  }
  EXPECT_OK(CheckConfig({.dimension = 2, .target_recall = 0.99}));
}

TEST(CheckConfig, RefusesAnIndexOutOfRange) {
  EXPECT_THAT(CheckConfig({.dimension = 2, .index = static_cast<IndexKind>(9)}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("index")));
}

TEST(CheckConfig, RefusesDimensionsOutsideOneToTheLargest) {
  EXPECT_THAT(CheckConfig({.dimension = 0}), StatusIs(kRefused, HasSubstr("dimension is 0")));
  EXPECT_THAT(CheckConfig({.dimension = kMaxDimension + 1}), StatusIs(kRefused));
  EXPECT_THAT(CheckConfig({.dimension = 1}), IsOk());
  EXPECT_THAT(CheckConfig({.dimension = kMaxDimension}), IsOk());
}

TEST(CheckConfig, RefusesAMetricThatThereIsNoneOf) {
  for (const int metric : {-1, 3, 99}) {
    EXPECT_THAT(CheckConfig({.dimension = 3, .metric = static_cast<Metric>(metric)}),
                StatusIs(kRefused, AllOf(HasSubstr("metric " + std::to_string(metric)),
                                         HasSubstr("2 (cosine)"))));
  }
}

TEST(CheckValues, NamesTheComponentThatIsNotAFiniteNumber) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const float bad : {std::nanf(""), inf, -inf, 1.1e18F, -1.1e18F}) {
    EXPECT_THAT(CheckValues({1, 2, bad}, kL2Of3), StatusIs(kRefused, HasSubstr("component 2")));
  }
  EXPECT_THAT(CheckValues({1e18F, -1e18F, 0}, kL2Of3), IsOk());
}

TEST(CheckValues, RefusesAnotherDimension) {
  EXPECT_THAT(CheckValues({1, 2}, kL2Of3), StatusIs(kRefused, HasSubstr("2 components")));
  EXPECT_THAT(CheckValues({}, kL2Of3), StatusIs(kRefused));
}

TEST(CheckValues, RefusesAZeroVectorUnderCosineOnly) {
  EXPECT_THAT(CheckValues({0, 0, 0}, kCosine3), StatusIs(kRefused, HasSubstr("no direction")));
  EXPECT_THAT(CheckValues({1e-30F, 0, 0}, kCosine3), StatusIs(kRefused));
  EXPECT_THAT(CheckValues({0, 0, 0}, kL2Of3), IsOk());
}

TEST(CheckEntries, NamesPositionAndIdOfTheBadEntry) {
  const std::vector<VectorEntry> entries = {{.id = 5, .values = {1, 2, 3}, .chunk = {}},
                                            {.id = 9, .values = {1, 2}, .chunk = {}}};
  EXPECT_THAT(CheckEntries(entries, kL2Of3, 1'000'000),
              StatusIs(kRefused, AllOf(HasSubstr("entry 1"), HasSubstr("id 9"))));
}

TEST(CheckEntries, RefusesOneIdTwice) {
  const std::vector<VectorEntry> entries(2, {.id = 5, .values = {1, 2, 3}, .chunk = {}});
  EXPECT_THAT(CheckEntries(entries, kL2Of3, 1'000'000),
              StatusIs(kRefused, HasSubstr("same id as entry 0")));
}

TEST(CheckEntries, RefusesLinesOutOfOrder) {
  const std::vector<VectorEntry> entries = {
      {.id = 5,
       .values = {1, 2, 3},
       .chunk = {.file = "a", .first_line = 9, .last_line = 8, .language = ""}}};
  EXPECT_THAT(CheckEntries(entries, kL2Of3, 1'000'000), StatusIs(kRefused, HasSubstr("lines")));
}

TEST(CheckEntries, RefusesABatchAboveTheLimit) {
  std::vector<VectorEntry> entries = {
      {.id = 1, .values = {1, 2, 3}, .chunk = {std::string(100, 'x'), 0, 0, ""}}};
  EXPECT_THAT(CheckEntries(entries, kL2Of3, 111), StatusIs(kRefused, HasSubstr("split it")));
  EXPECT_THAT(CheckEntries(entries, kL2Of3, 112), IsOk());
}

TEST(Metric, NamesAreReadBack) {
  for (const Metric metric : {Metric::kSquaredL2, Metric::kInnerProduct, Metric::kCosine}) {
    EXPECT_THAT(ParseMetric(MetricName(metric)), ::loadline::testing::IsOkAndHolds(metric));
  }
  EXPECT_THAT(ParseMetric("L2\x1b"), StatusIs(kRefused, HasSubstr("\"L2\\x1b\"")));
}

}  // namespace
}  // namespace stowage
