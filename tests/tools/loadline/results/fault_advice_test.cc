#include "tools/loadline/results/fault_advice.h"

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "tests/support/test_path.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline::results {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kResults[] =
    "{\n  \"context\": {\n    \"num_cpus\": 8\n  },\n  \"benchmarks\": [\n    {\n"
    "      \"name\": \"Fold/seven\",\n      \"iterations\": 40,\n      \"real_time\": 3.5e+01,\n"
    "      \"cpu_time\": 3.25e+01,\n      \"time_unit\": \"ms\"\n    }\n  ]\n}\n";

std::string With(const std::string& stray, const std::string& before) {
  std::string text = kResults;
  text.insert(before.empty() ? text.size() : text.find(before), stray);
  return text;
}

class Nowhere : public ResultSink {
 public:
  void OnRow(Row&) override {}
  void OnDocument(ResultFile) override {}
};

std::string Message(const std::string& text) {
  Nowhere sink;
  return std::string(StreamResults("f", text, sink).message());
}

TEST(StrayText, IsNamedWhereverAProgramPrintsIt) {
  for (const char* stray : {"loading the model\n", "[info] 12 shards\n", "100 %\n", "-----\n",
                            "3\n", "\x1b[33mwarning:\x1b[0m slow disk\n", "{fmt} is on\n",
                            "gr\xC3\xBC\xC3\x9F\n", "\"quoted\" words\n"}) {
    for (const char* before : {"{", "  \"benchmarks\"", "      \"cpu_time\"", "  ]", ""}) {
      EXPECT_THAT(Message(With(stray, before)),
                  AllOf(HasSubstr(": byte "), HasSubstr("standard output"),
                        HasSubstr("--benchmark_out=FILE --benchmark_out_format=json")))
          << stray << " before " << before;
    }
  }
}

TEST(StrayText, IsNamedWhereItBreaksAStringOffOrIsJsonItself) {
  EXPECT_THAT(Message(With("\nflushed 9 pages\n", "seven")), HasSubstr("standard output"));
  EXPECT_THAT(Message(With("{\"level\": \"info\"}\n", "{")), HasSubstr("standard output"));
  EXPECT_THAT(Message(With("{\"level\": \"info\"}\n", "")), HasSubstr("standard output"));
}

TEST(StrayText, IsNamedOnce) {
  for (const char* stray : {"{\"level\": \"info\"} started\n", "{\"level\": \"info\"}\n"}) {
    const std::string message = Message(With(stray, "{"));
    EXPECT_EQ(message.find("standard output"), message.rfind("standard output")) << message;
    EXPECT_THAT(message, HasSubstr("standard output"));
  }
}

TEST(StrayText, IsNotWhatAFaultOfAnotherKindIsTakenFor) {
  for (const std::string& text :
       {With(",", "  ]"), With("]", "  ]"), With("3,", "      \"cpu_time\""),
        With("\x01\x02 ab\n", "{"), With("\xff\xfe\xfd ab\n", "  \"benchmarks\""),
        std::string("no results\n"), std::string("{\"context\": {}}"),
        std::string(kResults).replace(2, 2, "  \"x\": 1e999, ")}) {
    EXPECT_THAT(Message(text), AllOf(HasSubstr("f: byte "), Not(HasSubstr("standard output"))))
        << text;
  }
}

TEST(StrayText, IsNotWhereAFileEndsTooEarly) {
  for (const char* name : {"google_benchmark_1_7_1.json", "google_benchmark_1_9.json"}) {
    std::ifstream in(std::string(testing::TestPath("testdata") + "/") + name);
    const std::string whole(std::istreambuf_iterator<char>(in), {});
    ASSERT_OK(ParseResultFile("whole", whole)) << name;
    for (size_t size = 0; size <= whole.rfind('}'); ++size) {
      ASSERT_THAT(Message(whole.substr(0, size)), Not(HasSubstr("standard output")))
          << name << " cut at " << size;
    }
  }
}

// What the reader says of a row with this text for its iterations and that for its time.
std::string Said(const std::string& iterations, const std::string& time) {
  const auto file = ParseResultFile(
      "file.json",
      absl::StrCat(R"({"benchmarks": [{"name": "Sort", "iterations": )", iterations,
                   R"(, "real_time": )", time, R"(, "cpu_time": 1, "time_unit": "ns"}]})"));
  EXPECT_FALSE(file.ok());
  return std::string(file.status().message());
}

TEST(AdviceOnLocale, IsGivenWhereANumberHasTheSeparatorsOfPeople) {
  for (const char* time : {"7,25e+02", "1 725", "1.725.000", "1'725",
                           "1\xE2\x80\xAF"
                           "725"}) {
    EXPECT_THAT(Said("9", time), AllOf(HasSubstr("the program's locale"), HasSubstr("LC_ALL=C")))
        << time;
  }
  EXPECT_THAT(Said("12.500", "1"), HasSubstr("the program's locale"));
}

TEST(AdviceOnLocale, IsNotGivenForOtherFaults) {
  for (const char* time : {"seven", "1 \"two\": 3", "1}", "-", "1..5", "[1, \"a\" 2]"}) {
    EXPECT_THAT(Said("9", time), Not(HasSubstr("locale"))) << time;
  }
  for (const char* time :
       {"12.345, \"real_time\": 12.345", "1 \"two\": 12.345", "1, \"label\": 12.345", "[1\n2]"}) {
    EXPECT_THAT(Said("9", time), Not(HasSubstr("locale"))) << time;
  }
  EXPECT_THAT(Said("2.5", "1"), Not(HasSubstr("locale")));
  EXPECT_THAT(Said("\"38.785\"", "1"), Not(HasSubstr("locale")));
}

TEST(Fault, IsPlacedByLinesAndCharactersAndNotBytes) {
  const auto place = [](size_t offset, absl::string_view text) {
    return std::string(ToStatus({offset, "no"}, "f", text).message());
  };
  EXPECT_THAT(place(6, "a\n\xC3\xA9\xC3\xA9x"), HasSubstr("byte 6, line 2:3: no"));
  EXPECT_THAT(place(0, ""), HasSubstr("line 1:1"));
  EXPECT_THAT(place(99, "ab"), HasSubstr("line 1:3"));
}

}  // namespace
}  // namespace loadline::results
