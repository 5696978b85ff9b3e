#include "tools/loadline/compare/noise.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace loadline::compare {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A noise file with these rows.
std::string WithRows(const std::string& rows) {
  return absl::StrCat(R"({"schema": "loadline.noise.1", "context": {}, "benchmarks": [)", rows,
                      "]}");
}

// The spread `sigma`, as JSON, of the cycles of benchmark A.
std::string Spread(const std::string& sigma) {
  return absl::StrCat(R"({"name": "A_sigma_log", "run_name": "A", "run_type": "aggregate",
                          "aggregate_name": "sigma_log", "iterations": 10, "real_time": 1,
                          "cpu_time": 1, "time_unit": "ns", "cycles": )",
                      sigma, "}");
}

void ExpectRefused(std::string text, const std::string& words) {
  EXPECT_THAT(
      ParseNoise("n.json", std::move(text)),
      StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("n.json"), HasSubstr(words))));
}

TEST(Noise, GivesTheSpreadThatWasRecorded) {
  const auto noise = ParseNoise("n.json", WithRows(Spread("0.0125")));
  ASSERT_OK(noise);
  EXPECT_EQ(noise->SigmaLog("A", "cycles"), 0.0125);
  EXPECT_EQ(noise->SigmaLog("A", "other"), std::nullopt);
  EXPECT_EQ(noise->SigmaLog("B", "cycles"), std::nullopt);
}

TEST(Noise, IsNoOtherResultFile) {
  ExpectRefused(R"({"context": {}, "benchmarks": []})", "loadline.noise.1");
  ExpectRefused(R"({"schema": "loadline.noise.2", "context": {}, "benchmarks": []})",
                "loadline.noise.1");
  ExpectRefused(R"({"schema": 1, "context": {}, "benchmarks": []})", "loadline.noise.1");
}

TEST(Noise, SaysSomething) { ExpectRefused(WithRows(""), "says no benchmark's spread"); }

TEST(Noise, HasNoDeviationThatCannotBe) {
  for (const char* const sigma : {"-0.01", "NaN", "Infinity", "null"}) {
    ExpectRefused(WithRows(Spread(sigma)), "cycles");
  }
}

TEST(Noise, SaysNothingTwice) {
  ExpectRefused(WithRows(absl::StrCat(Spread("0.1"), ",", Spread("0.2"))), "twice");
}

TEST(Noise, IsRefusedWhereverItIsCutShort) {
  const std::string whole = WithRows(Spread("0.01"));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseNoise("n.json", whole.substr(0, size)).ok()) << size;
  }
}

}  // namespace
}  // namespace loadline::compare
