#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "loadline/monitor/performance_monitor.h"

namespace loadline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHostileName[] = "a\"b\\c\nd\x01\xff";

OperationSnapshot OperationOf(const std::string& name, std::vector<uint64_t> latencies,
                              uint64_t errors) {
  OperationSnapshot operation;
  operation.name = name;
  operation.count = latencies.size();
  operation.errors = errors;
  for (const uint64_t nanos : latencies) operation.latency.Record(nanos);
  return operation;
}

MonitorSnapshot Example() {
  MonitorSnapshot snapshot;
  snapshot.since_steady_nanos = 10;
  snapshot.taken_steady_nanos = 20;
  snapshot.operations.push_back(OperationOf("registry.get", {100, 200, 300}, 1));
  snapshot.operations.push_back(OperationOf(kHostileName, {}, 0));
  snapshot.samples.push_back({15, uint64_t{1} << 60, std::nullopt, std::nullopt});
  snapshot.samples.push_back({16, 4'096, 8'192, 150.0});
  return snapshot;
}

// Fails the test unless `text` is JSON with nothing behind it and nothing but UTF-8 inside.
rapidjson::Document ParseStrictly(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag>(
      text.data(), text.size());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

TEST(ToJson, WritesOperationsWithTheNamesOfResultCounters) {
  const rapidjson::Document json = ParseStrictly(ToJson(Example()));
  EXPECT_EQ(json["version"].GetInt(), 1);
  EXPECT_EQ(json["since_steady_ns"].GetInt64(), 10);
  EXPECT_EQ(json["taken_steady_ns"].GetInt64(), 20);
  const auto& operation = json["operations"][0];
  EXPECT_STREQ(operation["name"].GetString(), "registry.get");
  EXPECT_EQ(operation["ops_total"].GetUint64(), 3u);
  EXPECT_EQ(operation["ops_failed"].GetUint64(), 1u);
  EXPECT_EQ(operation["lat_mean_ns"].GetDouble(), 200);
  EXPECT_EQ(operation["lat_min_ns"].GetUint64(), 100u);
  EXPECT_EQ(operation["lat_p50_ns"].GetUint64(), 200u);
  EXPECT_EQ(operation["lat_p999_ns"].GetUint64(), 300u);
  EXPECT_EQ(operation["lat_max_ns"].GetUint64(), 300u);
}

TEST(ToJson, EscapesNamesAndReplacesWhatIsNoUtf8) {
  const rapidjson::Document json = ParseStrictly(ToJson(Example()));
  EXPECT_STREQ(json["operations"][1]["name"].GetString(), "a\"b\\c\nd\x01\xEF\xBF\xBD");
}

TEST(ToJson, WritesNullForWhatIsNotKnown) {
  const rapidjson::Document json = ParseStrictly(ToJson(Example()));
  EXPECT_TRUE(json["operations"][1]["lat_p50_ns"].IsNull());
  EXPECT_EQ(json["operations"][1]["ops_total"].GetUint64(), 0u);
  EXPECT_TRUE(json["samples"][0]["peak_memory_bytes"].IsNull());
  EXPECT_TRUE(json["samples"][0]["cpu_pct"].IsNull());
}

TEST(ToJson, KeepsLargeNumbersWhole) {
  const rapidjson::Document json = ParseStrictly(ToJson(Example()));
  EXPECT_EQ(json["samples"][0]["memory_bytes"].GetUint64(), uint64_t{1} << 60);
}

TEST(ToJson, IsValidWithNumbersThatJsonCannotWrite) {
  MonitorSnapshot snapshot;
  snapshot.samples.push_back({0, 1, 1, std::numeric_limits<double>::infinity()});
  EXPECT_TRUE(ParseStrictly(ToJson(snapshot))["samples"][0]["cpu_pct"].IsNull());
}

TEST(ToJson, IsValidForAnEmptySnapshot) {
  const rapidjson::Document json = ParseStrictly(ToJson(MonitorSnapshot()));
  EXPECT_TRUE(json["operations"].Empty());
  EXPECT_TRUE(json["samples"].Empty());
}

TEST(ToOpenMetrics, WritesExactlyThisForOneOperationAndOneSample) {
  MonitorSnapshot snapshot;
  snapshot.operations.push_back(OperationOf("registry.get", {100, 200, 300}, 1));
  snapshot.samples.push_back({16, 4'096, 8'192, 150.0});
  EXPECT_EQ(ToOpenMetrics(snapshot),
            "# TYPE loadline_operations counter\n"
            "# HELP loadline_operations Finished operations.\n"
            "loadline_operations_total{operation=\"registry.get\"} 3\n"
            "# TYPE loadline_operation_errors counter\n"
            "# HELP loadline_operation_errors Operations that failed.\n"
            "loadline_operation_errors_total{operation=\"registry.get\"} 1\n"
            "# TYPE loadline_operation_latency_seconds summary\n"
            "# UNIT loadline_operation_latency_seconds seconds\n"
            "# HELP loadline_operation_latency_seconds Time from start to end of an operation.\n"
            "loadline_operation_latency_seconds{operation=\"registry.get\",quantile=\"0.5\"} "
            "0.000000200\n"
            "loadline_operation_latency_seconds{operation=\"registry.get\",quantile=\"0.9\"} "
            "0.000000300\n"
            "loadline_operation_latency_seconds{operation=\"registry.get\",quantile=\"0.99\"} "
            "0.000000300\n"
            "loadline_operation_latency_seconds{operation=\"registry.get\",quantile=\"0.999\"} "
            "0.000000300\n"
            "loadline_operation_latency_seconds{operation=\"registry.get\",quantile=\"1.0\"} "
            "0.000000300\n"
            "loadline_operation_latency_seconds_count{operation=\"registry.get\"} 3\n"
            "loadline_operation_latency_seconds_sum{operation=\"registry.get\"} 0.000000600\n"
            "# TYPE loadline_process_memory_bytes gauge\n"
            "# UNIT loadline_process_memory_bytes bytes\n"
            "# HELP loadline_process_memory_bytes Memory of the process.\n"
            "loadline_process_memory_bytes 4096\n"
            "# TYPE loadline_process_peak_memory_bytes gauge\n"
            "# UNIT loadline_process_peak_memory_bytes bytes\n"
            "# HELP loadline_process_peak_memory_bytes The most memory that the process has had.\n"
            "loadline_process_peak_memory_bytes 8192\n"
            "# TYPE loadline_process_cpu_ratio gauge\n"
            "# UNIT loadline_process_cpu_ratio ratio\n"
            "# HELP loadline_process_cpu_ratio Cores kept busy by the process since the sample "
            "before.\n"
            "loadline_process_cpu_ratio 1.5\n"
            "# EOF\n");
}

TEST(ToOpenMetrics, EscapesLabelValues) {
  EXPECT_THAT(ToOpenMetrics(Example()), HasSubstr("operation=\"a\\\"b\\\\c\\nd\x01\xEF\xBF\xBD\""));
}

TEST(ToOpenMetrics, KeepsNamesApartThatDifferBehindATruncatedCharacter) {
  MonitorSnapshot snapshot;
  snapshot.operations.push_back(OperationOf("x\xE2\x82y", {100}, 0));
  snapshot.operations.push_back(OperationOf("x\xE2\x82z", {200, 300}, 0));
  const std::string text = ToOpenMetrics(snapshot);
  EXPECT_THAT(text, HasSubstr("loadline_operations_total{operation=\"x\xEF\xBF\xBDy\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("loadline_operations_total{operation=\"x\xEF\xBF\xBDz\"} 2\n"));
}

TEST(ToOpenMetrics, AddsUpOperationsWhoseNamesAreTheSameInUtf8) {
  MonitorSnapshot snapshot;
  snapshot.operations.push_back(OperationOf("x\xFE", {100}, 1));
  snapshot.operations.push_back(OperationOf("y", {100}, 0));
  snapshot.operations.push_back(OperationOf("x\xFF", {300, 300}, 1));
  const std::string text = ToOpenMetrics(snapshot);
  std::set<absl::string_view> series;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (line[0] == '#') continue;
    EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
  EXPECT_THAT(text, HasSubstr("loadline_operations_total{operation=\"x\xEF\xBF\xBD\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("loadline_operation_errors_total{operation=\"x\xEF\xBF\xBD\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_sum{operation=\"x\xEF\xBF\xBD\"} 0.000000700\n"));
}

TEST(ToOpenMetrics, LeavesOutGaugesThatTheOsDidNotGive) {
  MonitorSnapshot snapshot = Example();
  snapshot.samples.pop_back();
  const std::string text = ToOpenMetrics(snapshot);
  EXPECT_THAT(text, HasSubstr("loadline_process_memory_bytes 1152921504606846976\n"));
  EXPECT_THAT(text, Not(HasSubstr("peak_memory")));
  EXPECT_THAT(text, Not(HasSubstr("cpu_ratio")));
}

TEST(ToOpenMetrics, HasNoQuantilesWithoutOperations) {
  MonitorSnapshot snapshot;
  snapshot.operations.push_back(OperationOf("idle", {}, 0));
  const std::string text = ToOpenMetrics(snapshot);
  EXPECT_THAT(text, Not(HasSubstr("quantile")));
  EXPECT_THAT(text, HasSubstr("loadline_operation_latency_seconds_count{operation=\"idle\"} 0\n"));
}

TEST(ToOpenMetrics, KeepsTheLinesOfAFamilyTogetherUnderOneTypeLine) {
  std::set<std::string> seen;
  std::string family;
  const std::string text = ToOpenMetrics(Example());
  ASSERT_TRUE(absl::EndsWith(text, "\n# EOF\n"));
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (line == "# EOF") break;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (absl::StartsWith(line, "# TYPE ")) {
      family = words[2];
      EXPECT_TRUE(seen.insert(family).second) << family;
    } else if (absl::StartsWith(line, "# ")) {
      EXPECT_EQ(words[2], family);
    } else {
      EXPECT_TRUE(absl::StartsWith(line, family)) << line;
    }
  }
}

TEST(ToOpenMetrics, IsTheEndMarkAndEmptyFamiliesForAnEmptySnapshot) {
  const std::string text = ToOpenMetrics(MonitorSnapshot());
  EXPECT_TRUE(absl::EndsWith(text, "# EOF\n"));
  EXPECT_THAT(text, Not(HasSubstr("{")));
}

}  // namespace
}  // namespace loadline
