#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline::results {
namespace {

using ::loadline::testing::StatusIs;

constexpr char kFolder[] = LOADLINE_TESTDATA "/hostile/";

// testdata/hostile/expected.tsv: one line a file, its name and the message after "FILE: ".
std::map<std::string, std::string> Expectations() {
  std::map<std::string, std::string> expected;
  std::ifstream in(std::string(kFolder) + "expected.tsv");
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    if (tab != std::string::npos) expected[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return expected;
}

TEST(HostileFiles, AreEachRefusedWithThePlaceAndTheReason) {
  const auto expected = Expectations();
  ASSERT_GE(expected.size(), 120u);
  for (const auto& [name, message] : expected) {
    const std::string path = kFolder + name;
    const auto file = ReadResultFile(path);
    const std::string wanted =
        name == "elf.json" ? "read " + path + ": is a program" : path + ": " + message;
    EXPECT_THAT(file, StatusIs(absl::StatusCode::kInvalidArgument, ::testing::StartsWith(wanted)))
        << name;
  }
}

TEST(HostileFiles, AreAllListed) {
  const auto expected = Expectations();
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_EQ(expected.count(entry.path().filename().string()), 1u) << entry.path();
  }
}

TEST(HostileFiles, AMillionLevelsOfNestingEndInAnErrorAndNotInAStackOverflow) {
  const std::string deep(1'000'000, '[');
  EXPECT_THAT(
      ParseResultFile("deep", "{\"benchmarks\":[],\"a\":" + deep),
      StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("more than 64 levels")));
}

TEST(HostileFiles, ANumberOfAMillionDigitsIsRefusedUnread) {
  EXPECT_THAT(
      ParseResultFile("long", "{\"benchmarks\":[],\"a\":" + std::string(1'000'000, '9') + "}"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               ::testing::HasSubstr("a number of 1000000 bytes")));
}

TEST(HostileFiles, EveryCutOfARealFileIsRefused) {
  std::ifstream in(LOADLINE_TESTDATA "/google_benchmark_1_7_1.json");
  const std::string whole(std::istreambuf_iterator<char>(in), {});
  ASSERT_OK(ParseResultFile("whole", whole));
  const size_t end = whole.rfind('}');
  for (size_t size = 0; size <= end; size += 7) {
    EXPECT_THAT(ParseResultFile("cut", whole.substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
}

TEST(HostileFiles, EverySingleByteInFrontIsRefusedUnlessItIsSpace) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    EXPECT_EQ(ParseResultFile("x", std::string(1, c) + "{\"benchmarks\":[]}").ok(), space) << byte;
    EXPECT_EQ(ParseResultFile("x", "{\"benchmarks\":[]}" + std::string(1, c)).ok(), space) << byte;
  }
}

}  // namespace
}  // namespace loadline::results
