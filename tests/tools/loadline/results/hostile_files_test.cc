#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/sanitizer.h"
#include "support/status_matchers.h"
#include "tests/support/test_path.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline::results {
namespace {

using ::loadline::testing::StatusIs;

std::string Folder() { return testing::TestPath("testdata") + "/hostile/"; }

// testdata/hostile/expected.tsv: one line a file, its name and the message after "FILE: ".
std::map<std::string, std::string> Expectations() {
  std::map<std::string, std::string> expected;
  std::ifstream in(Folder() + "expected.tsv");
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
    const std::string path = Folder() + name;
    const auto file = ReadResultFile(path);
    const bool unread = name == "elf.json" || name == "utf16.json";
    const std::string wanted = (unread ? "read " : "") + path + ": " + message;
    EXPECT_THAT(file, StatusIs(absl::StatusCode::kInvalidArgument, ::testing::StartsWith(wanted)))
        << name;
  }
}

TEST(HostileFiles, AreAllListed) {
  const auto expected = Expectations();
  for (const auto& entry : std::filesystem::directory_iterator(Folder())) {
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

constexpr const char* kValidFiles[] = {"google_benchmark_1_5.json", "google_benchmark_1_6.json",
                                       "google_benchmark_1_7_1.json", "google_benchmark_1_8.json",
                                       "google_benchmark_1_9.json"};

std::string ReadValidFile(const std::string& name) {
  std::ifstream in(testing::TestPath("testdata") + "/" + name);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TEST(HostileFiles, EveryCutOfAValidFileIsRefusedWithAPlace) {
  for (const char* name : kValidFiles) {
    const std::string whole = ReadValidFile(name);
    ASSERT_OK(ParseResultFile("whole", whole)) << name;
    const size_t end = whole.rfind('}');
    for (size_t size = 0; size <= end; ++size) {
      const auto cut = ParseResultFile("cut", whole.substr(0, size));
      ASSERT_FALSE(cut.ok()) << name << " cut at " << size;
      ASSERT_THAT(std::string(cut.status().message()), ::testing::StartsWith("cut: byte "));
    }
  }
}

// A changed byte may leave a valid file; if not, the error has a place in the file.
TEST(HostileFiles, AnyByteOfAValidFileMayBeAnyOther) {
  // A sanitizer takes ten times as long, and finds the same in every fifth.
  constexpr size_t kStep = ::loadline::testing::kHasShadowMemory ? 5 : 1;
  for (const char* name : kValidFiles) {
    const std::string whole = ReadValidFile(name);
    for (size_t at = 0; at < whole.size(); at += kStep) {
      for (char byte : {'\0', '"', '\\', '{', ']', ',', '9', '-', '\x80', '\xff'}) {
        std::string damaged = whole;
        damaged[at] = byte;
        const auto file = ParseResultFile("damaged", damaged);
        if (file.ok()) continue;
        ASSERT_THAT(std::string(file.status().message()), ::testing::StartsWith("damaged: byte "))
            << name << " with another byte at " << at;
      }
    }
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

// A file that is read: what is said of the benchmark "a" is `row` after its name.
std::string FileOf(const std::string& row, const std::string& context = "{}") {
  return "{\"context\":" + context + ",\"benchmarks\":[{\"name\":\"a\"," + row + "}]}";
}
constexpr char kMeasured[] = R"("iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns")";

TEST(HostileFiles, ANumberOfRepetitionsThatIsNoWholeNumberIsRefused) {
  for (const char* count : {"1e308", "1.5", "9223372036854775808", "NaN", "\"3\""}) {
    const std::string row = std::string("\"repetitions\":") + count + "," + kMeasured;
    EXPECT_THAT(ParseResultFile("x", FileOf(row)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         ::testing::HasSubstr("\"repetitions\" is not a whole number")))
        << count;
  }
}

TEST(HostileFiles, LinesMayEndAsOnWindows) {
  std::string text = FileOf(kMeasured);
  for (size_t at = text.find(','); at != std::string::npos; at = text.find(',', at + 3)) {
    text.insert(at + 1, "\r\n");
  }
  EXPECT_OK(ParseResultFile("x", text));
}

TEST(HostileFiles, ANameOfAMegabyteIsANameAndIsCutShortInAnError) {
  const std::string name(1'000'000, 'n');
  const std::string whole = "{\"benchmarks\":[{\"name\":\"" + name + "\"," + kMeasured + "}]}";
  const auto file = ParseResultFile("x", whole);
  ASSERT_OK(file);
  EXPECT_EQ(file->rows[0].name, name);
  const auto damaged = ParseResultFile("x", "{\"benchmarks\":[{\"name\":\"" + name + "\"}]}");
  ASSERT_FALSE(damaged.ok());
  EXPECT_LT(damaged.status().message().size(), 300u);
}

TEST(HostileFiles, AContextMayNestSixtyFourLevelsAndNoMore) {
  const auto nested = [](size_t levels) {
    return "{\"a\":" + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  EXPECT_OK(ParseResultFile("x", FileOf(kMeasured, nested(62))));
  EXPECT_THAT(
      ParseResultFile("x", FileOf(kMeasured, nested(63))),
      StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("more than 64 levels")));
}

}  // namespace
}  // namespace loadline::results
