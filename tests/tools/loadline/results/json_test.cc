#include "tools/loadline/results/json.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::results {
namespace {

TEST(Json, WritesMembersInTheirOrder) {
  EXPECT_EQ(WriteJson(Json::Object{{"b", 1}, {"a", Json::Array{true, "x", Json()}}}),
            "{\n  \"b\": 1,\n  \"a\": [\n    true,\n    \"x\",\n    null\n  ]\n}");
}

TEST(Json, WritesNullForWhatJsonHasNoWordFor) {
  EXPECT_EQ(WriteJson(Json(std::nan(""))), "null");
  EXPECT_EQ(WriteJson(Json(-INFINITY)), "null");
}

TEST(Json, WritesNumbersThatReadBackAsTheSameDouble) {
  for (double value : {0.1, 1.0 / 3, 5e-324, std::numeric_limits<double>::max(), -0.0, 1e22, 2e8}) {
    double back = 0;
    ASSERT_TRUE(absl::SimpleAtod(JsonNumber(value), &back));
    EXPECT_EQ(back, value);
  }
  EXPECT_EQ(JsonNumber(0.1), "0.1");
}

TEST(Json, IsANumberOfWhateverKind) {
  EXPECT_EQ(Json(int64_t{-3}).AsNumber(), -3.0);
  EXPECT_EQ(Json(uint64_t{3}).AsNumber(), 3.0);
  EXPECT_EQ(Json(0.5).AsNumber(), 0.5);
  EXPECT_EQ(Json(true).AsNumber(), std::nullopt);
  EXPECT_EQ(Json("3").AsNumber(), std::nullopt);
}

TEST(JsonString, EscapesWhatATerminalOrABuildServiceActsOn) {
  EXPECT_EQ(JsonString("a\"\\\x1b\n\xE2\x80\xAE\xF3\xA0\x80\x81"),
            "\"a\\\"\\\\\\u001b\\u000a\\u202e\\udb40\\udc01\"");
  EXPECT_EQ(JsonString("##[error]"), "\"#\\u0023[error]\"");
}

TEST(JsonString, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(JsonString("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace loadline::results
