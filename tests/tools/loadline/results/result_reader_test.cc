#include "tools/loadline/results/result_reader.h"

#include <sys/resource.h>

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "tests/support/test_path.h"

namespace loadline::results {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

ResultFile ReadGolden(const char* name) {
  auto file = ReadResultFile(absl::StrCat(testing::TestPath("testdata"), "/", name));
  EXPECT_OK(file);
  return file.ok() ? *std::move(file) : ResultFile();
}

const Row& Find(const ResultFile& file, const std::string& name) {
  static const Row kNone;
  for (const Row& row : file.rows) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  return kNone;
}

Row OneRow(const std::string& members) {
  auto file = ParseResultFile(
      "test",
      "{\"benchmarks\":[{\"name\":\"a\",\"iterations\":1,\"real_time\":1,\"cpu_time\":1,"
      "\"time_unit\":\"ns\"" +
          members + "}]}");
  EXPECT_OK(file);
  return file.ok() ? file->rows[0] : Row();
}

TEST(ResultReader, ReadsAFileOfGoogleBenchmark171) {
  const ResultFile file = ReadGolden("google_benchmark_1_7_1.json");
  EXPECT_EQ(file.ContextText("host_name"), "example");
  EXPECT_EQ(file.ContextText("num_cpus"), "2");
  EXPECT_EQ(file.ContextText("loadline.host.os"), "Linux");
  EXPECT_EQ(file.ContextText("caches"), "") << "a nested value is kept and has no text";
  const Row& plain = Find(file, "BM_Plain/iterations:100/repeats:3");
  EXPECT_EQ(plain.repetitions, 3);
  EXPECT_EQ(plain.counters.at("rss_peak_bytes"), 123456789);
  EXPECT_EQ(plain.label, "a \"label\"\n");
}

TEST(ResultReader, KeepsNonFiniteCounters) {
  const ResultFile file = ReadGolden("google_benchmark_1_7_1.json");
  const Row& row = Find(file, "BM_NonFinite/iterations:10");
  EXPECT_TRUE(std::isnan(row.counters.at("nan")));
  EXPECT_EQ(row.counters.at("inf"), INFINITY);
  EXPECT_EQ(row.counters.at("minus_inf"), -INFINITY);
  EXPECT_EQ(row.counters.at("third"), 1.0 / 3) << "every bit";
}

TEST(ResultReader, ReadsComplexityRowsWithoutTimes) {
  const ResultFile file = ReadGolden("google_benchmark_1_7_1.json");
  const Row& big_o = Find(file, "BM_Linear/iterations:20_BigO");
  EXPECT_EQ(big_o.run_type, RunType::kAggregate);
  EXPECT_FALSE(big_o.real_time_ns.has_value());
  EXPECT_EQ(big_o.counters.count("cpu_coefficient"), 1u);
  EXPECT_THAT(big_o.extras, ElementsAre(Pair("big_o", Json("N"))));
  EXPECT_EQ(Find(file, "BM_Linear/iterations:20_RMS").counters.count("rms"), 1u);
}

TEST(ResultReader, ReadsAggregatesOfDurationsThatAreBelowZero) {
  const Row row = OneRow(R"(,"run_type":"aggregate","aggregate_name":"trend","lat_p99_ns":-3)");
  EXPECT_EQ(row.counters.at("lat_p99_ns"), -3);
}

TEST(ResultReader, ReadsAFailedRow) {
  const ResultFile file = ReadGolden("google_benchmark_1_7_1.json");
  const Row& row = Find(file, "BM_Fails");
  EXPECT_TRUE(row.error_occurred);
  EXPECT_EQ(row.error_message, "planted failure");
  EXPECT_FALSE(row.measured());
}

TEST(ResultReader, ReadsSkippedRowsAndUnitsOfGoogleBenchmark19) {
  const ResultFile file = ReadGolden("google_benchmark_1_9.json");
  const Row& skipped = Find(file, "BM_Skipped");
  EXPECT_TRUE(skipped.skipped);
  EXPECT_FALSE(skipped.error_occurred);
  EXPECT_EQ(skipped.skip_message, "no such device");
  const Row& row = Find(file, "BM_Memory/min_time:0.100");
  EXPECT_EQ(row.real_time_ns, 1.5e9);
  EXPECT_EQ(row.time_unit, "s");
  EXPECT_EQ(row.counters.at("max_bytes_used"), 4096);
}

// What each version of the library writes that the others do not; 1.7.1 and 1.9 are above.
TEST(ResultReader, ReadsTheKeysOfEveryVersion) {
  const ResultFile v15 = ReadGolden("google_benchmark_1_5.json");
  const Row& plain = Find(v15, "BM_A/8");
  EXPECT_EQ(plain.real_time_ns, 1500);
  EXPECT_EQ(plain.family_index, -1) << "1.6 and newer";
  EXPECT_EQ(plain.counters.at("items_per_second"), 2);
  EXPECT_EQ(Find(v15, "BM_A/8_mean").aggregate_unit, "") << "1.6 and newer";
  const Row& failed = Find(v15, "BM_Bad");
  EXPECT_FALSE(failed.measured()) << "its times are 0 and mean nothing";
  EXPECT_FALSE(Find(v15, "BM_O_RMS").real_time_ns.has_value());

  const ResultFile v16 = ReadGolden("google_benchmark_1_6.json");
  EXPECT_EQ(Find(v16, "BM_A/8").family_index, 0);
  EXPECT_EQ(Find(v16, "BM_A/8_mean").aggregate_unit, "time");

  const ResultFile v18 = ReadGolden("google_benchmark_1_8.json");
  EXPECT_EQ(v18.ContextText("library_version"), "v1.8.5");
  EXPECT_EQ(v18.ContextText("json_schema_version"), "1");
  EXPECT_TRUE(Find(v18, "BM_Skip").skipped);
  EXPECT_FALSE(Find(v18, "BM_Skip").measured());
}

TEST(ResultReader, AcceptsEverySpellingOfNonFinite) {
  for (const char* text : {"NaN", "nan", "-nan", "Infinity", "inf", "-inf", "INF", "null"}) {
    EXPECT_FALSE(std::isfinite(OneRow(absl::StrCat(",\"x\":", text)).counters.at("x"))) << text;
  }
}

TEST(ResultReader, ReadsZerosWithAnyExponentAndSubnormals) {
  EXPECT_EQ(OneRow(",\"x\":-0e99").counters.at("x"), 0);
  EXPECT_EQ(OneRow(",\"x\":0.000e-300").counters.at("x"), 0);
  EXPECT_EQ(OneRow(",\"x\":5e-324").counters.at("x"), 5e-324);
  EXPECT_EQ(OneRow(",\"x\":18446744073709551616").counters.at("x"), 18446744073709551616.0);
  EXPECT_TRUE(std::signbit(OneRow(",\"x\":-0").counters.at("x")));
}

TEST(ResultReader, LeavesWordsInStringsAlone) {
  EXPECT_EQ(OneRow(R"(,"label":"nan \" inf \\")").label, "nan \" inf \\");
}

TEST(ResultReader, TakesADroppedCounterForNonFinite) {
  const Row row = OneRow(R"(,"loadline_dropped":["x"])");
  EXPECT_TRUE(std::isnan(row.counters.at("x")));
}

TEST(ResultReader, DoesNotScalePercentages) {
  const Row row = OneRow(R"(,"run_type":"aggregate","aggregate_unit":"percentage")");
  EXPECT_EQ(row.real_time_ns, 1);
}

TEST(ResultReader, AcceptsExactly64LevelsAnd64DigitBytes) {
  EXPECT_OK(ParseResultFile(
      "x", "{\"benchmarks\":[],\"a\":" + std::string(63, '[') + std::string(63, ']') + "}"));
  OneRow(",\"x\":0." + std::string(62, '1'));
}

TEST(ResultReader, AcceptsAnEscapedNulAndAPairOfSurrogates) {
  EXPECT_EQ(OneRow(R"(,"label":"\u0000\ud83d\udea2")").label, std::string("\0\xF0\x9F\x9A\xA2", 5));
}

TEST(ResultReader, TakesABenchmarkRegisteredTwiceForTwoFamilies) {
  EXPECT_OK(ParseResultFile("x", R"({"benchmarks":[
      {"name":"a","family_index":0,"repetition_index":0,"iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns"},
      {"name":"a","family_index":1,"repetition_index":0,"iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns"}]})"));
}

TEST(ResultReader, KeepsARepetitionThatIsThereTwiceAsOfTwoRunsInOneArray) {
  const auto file = ParseResultFile("x", R"({"benchmarks":[
      {"name":"a","repetition_index":0,"iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns"},
      {"name":"a","repetition_index":0,"iterations":1,"real_time":2,"cpu_time":2,"time_unit":"ns"}]})");
  ASSERT_OK(file);
  ASSERT_EQ(file->rows.size(), 2u);
  EXPECT_EQ(file->rows[1].repetition_index, 0);
  EXPECT_EQ(file->rows[1].real_time_ns, 2);
}

constexpr char kOneRow[] =
    R"({"context":{"host_name":"h"},"benchmarks":[{"name":"a","iterations":1,"real_time":1,)"
    R"("cpu_time":1,"time_unit":"ns"}]})";

class Recorder : public ResultSink {
 public:
  void OnRow(Row& row) override { absl::StrAppend(&events, "row ", row.name, ";"); }
  void OnDocument(ResultFile document) override {
    absl::StrAppend(&events, document.source, " of ", document.ContextText("host_name"), ";");
    EXPECT_TRUE(document.rows.empty());
  }
  std::string events;
};

TEST(ResultReader, LeavesAByteOrderMarkBeforeADocumentOutOfAccount) {
  const std::string mark = "\xEF\xBB\xBF";
  Recorder recorder;
  ASSERT_OK(StreamResults("x", absl::StrCat(mark, kOneRow, "\n", mark, "\n", kOneRow), recorder));
  EXPECT_EQ(recorder.events, "row a;x of h;row a;x (document 2) of h;");
  EXPECT_THAT(ParseResultFile("x", mark + "[]"),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                ::testing::HasSubstr("byte 3, line 1:2: found an array")));
  EXPECT_FALSE(ParseResultFile("x", mark + mark + kOneRow).ok());
}

TEST(ResultReader, StreamsRowsAndThenTheirDocument) {
  Recorder recorder;
  ASSERT_OK(StreamResults("x", absl::StrCat(kOneRow, "\n", kOneRow, "\n"), recorder));
  EXPECT_EQ(recorder.events, "row a;x of h;row a;x (document 2) of h;");
}

TEST(ResultReader, TellsWhereALaterDocumentIsDamaged) {
  Recorder recorder;
  EXPECT_THAT(StreamResults("x", absl::StrCat(kOneRow, "\n{\"benchmarks\":[1]}"), recorder),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                ::testing::HasSubstr("line 2:16: found an element")));
}

TEST(ResultReader, WantsOneDocumentWhereOneFileIsAskedFor) {
  EXPECT_THAT(ParseResultFile("x", absl::StrCat(kOneRow, kOneRow)),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                ::testing::HasSubstr("want at most 1 result document")));
}

TEST(ResultReader, TakesFourThousandDocumentsAndNoMillions) {
  std::string documents;
  for (int i = 0; i < 4096; ++i) documents.append("{\"benchmarks\":[]}");
  Recorder recorder;
  EXPECT_OK(StreamResults("x", documents, recorder));
  EXPECT_THAT(StreamResults("x", documents + "{\"benchmarks\":[]}", recorder),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                ::testing::HasSubstr("byte 69632, line 1:69633: found \"{\" after "
                                                     "the end of the object, want at most 4096")));
}

TEST(ResultReader, ForgetsARowBeforeItReadsTheNext) {
  const auto file = ParseResultFile("x", R"({"benchmarks":[
      {"name":"a","run_name":"r","run_type":"aggregate","aggregate_name":"mean","threads":4,
       "repetitions":2,"repetition_index":1,"iterations":9,"real_time":1,"cpu_time":1,
       "time_unit":"us","label":"l","error_occurred":true,"error_message":"e","x":1,"s":"t"},
      {"name":"b","iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns","y":2}]})");
  ASSERT_OK(file);
  const Row& row = file->rows[1];
  EXPECT_EQ(row.run_name, "b");
  EXPECT_EQ(row.run_type, RunType::kIteration);
  EXPECT_EQ(row.aggregate_name + row.label + row.error_message, "");
  EXPECT_EQ(row.repetition_index, -1);
  EXPECT_EQ(row.repetitions, -1);
  EXPECT_EQ(row.threads, 1);
  EXPECT_FALSE(row.error_occurred);
  EXPECT_THAT(row.counters, ElementsAre(Pair("y", 2)));
  EXPECT_TRUE(row.extras.empty());
}

TEST(ResultReader, SaysThatACounterMayNotHaveTheNameOfAField) {
  EXPECT_THAT(
      ParseResultFile("x", R"({"benchmarks":[{"name":"a","iterations":1,"iterations":2}]})"),
      testing::StatusIs(absl::StatusCode::kInvalidArgument,
                        ::testing::HasSubstr("a user counter may not have this name")));
}

TEST(ResultReader, FindsANameTwiceAmongManyInAnyOrder) {
  std::string members;
  for (int i = 0; i < 200; ++i) absl::StrAppend(&members, ",\"c", (i * 37) % 200, "\":1");
  EXPECT_EQ(OneRow(members).counters.size(), 200u);
  for (const char* again : {"c0", "c37", "c163"}) {
    EXPECT_THAT(
        ParseResultFile("x", absl::StrCat("{\"benchmarks\":[{\"name\":\"a\"", members, ",\"", again,
                                          "\":\"text\"}]}")),
        testing::StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("twice")));
  }
}

long PeakKilobytes() {
  struct rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  return usage.ru_maxrss / 1024;
#else
  return usage.ru_maxrss;
#endif
}

TEST(ResultReader, NeedsAtMostFourTimesTheFileAndALittle) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's own memory is not the reader's";
#endif
  std::string text = "{\"benchmarks\":[";
  for (int i = 0; text.size() < (size_t{20} << 20); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", "{\"name\":\"VectorStore/Search_Warm/n:", i,
                    "\",\"run_name\":\"VectorStore/Search_Warm/n:", i,
                    "\",\"run_type\":\"iteration\",\"iterations\":1000,\"real_time\":1.25e+03,"
                    "\"cpu_time\":1.25e+03,\"time_unit\":\"ns\",\"rss_peak_bytes\":1.2e+08,"
                    "\"lat_p50_ns\":1.5000000000000000e+03,\"lat_p99_ns\":1.5000000000000000e+03,"
                    "\"ops_total\":1.0000000000000000e+03,\"ops_ok\":1.0000000000000000e+03}");
  }
  text += "]}";
  const long before = PeakKilobytes();
  const long file_kilobytes = static_cast<long>(text.size() >> 10);
  ASSERT_OK(ParseResultFile("big", std::move(text)));
  EXPECT_LE(PeakKilobytes() - before, 4 * file_kilobytes + (16 << 10));
}

}  // namespace
}  // namespace loadline::results
