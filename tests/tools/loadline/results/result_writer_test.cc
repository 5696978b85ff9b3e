#include "tools/loadline/results/result_writer.h"

#include <rapidjson/document.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline::results {
namespace {

using ::testing::HasSubstr;

void ExpectSameRow(const Row& a, const Row& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.run_name, b.run_name);
  EXPECT_EQ(a.run_type, b.run_type);
  EXPECT_EQ(a.aggregate_name, b.aggregate_name);
  EXPECT_EQ(a.aggregate_unit, b.aggregate_unit);
  EXPECT_EQ(a.family_index, b.family_index);
  EXPECT_EQ(a.per_family_instance_index, b.per_family_instance_index);
  EXPECT_EQ(a.repetitions, b.repetitions);
  EXPECT_EQ(a.repetition_index, b.repetition_index);
  EXPECT_EQ(a.threads, b.threads);
  EXPECT_EQ(a.iterations, b.iterations);
  EXPECT_EQ(a.time_unit, b.time_unit);
  EXPECT_EQ(a.error_occurred, b.error_occurred);
  EXPECT_EQ(a.error_message, b.error_message);
  EXPECT_EQ(a.skipped, b.skipped);
  EXPECT_EQ(a.skip_message, b.skip_message);
  EXPECT_EQ(a.label, b.label);
  EXPECT_EQ(a.extras, b.extras);
  ASSERT_EQ(a.real_time_ns.has_value(), b.real_time_ns.has_value());
  EXPECT_DOUBLE_EQ(a.real_time_ns.value_or(-1), b.real_time_ns.value_or(-1));
  ASSERT_EQ(a.counters.size(), b.counters.size());
  for (const auto& [name, value] : a.counters) {
    ASSERT_EQ(b.counters.count(name), 1u) << name;
    if (std::isfinite(value)) {
      EXPECT_EQ(b.counters.at(name), value) << name;
    } else {
      EXPECT_FALSE(std::isfinite(b.counters.at(name))) << name;
    }
  }
}

TEST(ResultWriter, KeepsEveryRowAndCounterOfRealFiles) {
  for (const char* name : {"google_benchmark_1_7_1.json", "google_benchmark_1_9.json"}) {
    const auto first = ReadResultFile(absl::StrCat(testing::TestPath("testdata"), "/", name));
    ASSERT_OK(first);
    const std::string text = WriteResultFile(*first);
    const auto second = ParseResultFile("written", text);
    ASSERT_OK(second);
    EXPECT_EQ(first->context, second->context);
    ASSERT_EQ(first->rows.size(), second->rows.size());
    for (size_t i = 0; i < first->rows.size(); ++i) {
      SCOPED_TRACE(first->rows[i].name);
      ExpectSameRow(first->rows[i], second->rows[i]);
    }
    EXPECT_EQ(WriteResultFile(*second), text) << "writing again changes nothing";
  }
}

TEST(ResultWriter, WritesStrictJsonAndNamesWhatItDropped) {
  const auto file = ReadResultFile(testing::TestPath("testdata") + "/google_benchmark_1_7_1.json");
  ASSERT_OK(file);
  const std::string text = WriteResultFile(*file);
  rapidjson::Document strict;
  EXPECT_FALSE(strict.Parse(text.c_str()).HasParseError());
  EXPECT_THAT(text, HasSubstr("\"loadline_dropped\": [\n        \"inf\",\n        \"minus_inf\",\n "
                              "       \"nan\"\n      ]"));
}

TEST(ResultWriter, KeepsANonFiniteTimeNonFinite) {
  ResultFile file;
  file.rows.resize(1);
  file.rows[0].name = file.rows[0].run_name = "a";
  file.rows[0].iterations = 1;
  file.rows[0].real_time_ns = INFINITY;
  file.rows[0].cpu_time_ns = 1;
  const auto back = ParseResultFile("written", WriteResultFile(file));
  ASSERT_OK(back);
  EXPECT_TRUE(std::isnan(*back->rows[0].real_time_ns));
}

TEST(ResultWriter, WritesWhatComparePyReads) {
  constexpr char kCompare[] = "/usr/share/benchmark/compare.py";
  if (!std::filesystem::exists(kCompare) ||
      std::system("/usr/bin/python3 -c 'import numpy, scipy' 2>/dev/null") != 0) {
    GTEST_SKIP() << "compare.py (libbenchmark-tools, python3-scipy) is not installed";
  }
  const auto file = ReadResultFile(testing::TestPath("testdata") + "/google_benchmark_1_7_1.json");
  ASSERT_OK(file);
  const testing::TempDir dir;
  const std::string path = dir.WriteFile("a.json", WriteResultFile(*file));
  const std::string out = dir.Path("out");
  const std::string command = absl::StrCat("/usr/bin/python3 -B ", kCompare, " benchmarks '", path,
                                           "' '", path, "' >'", out, "' 2>&1");
  EXPECT_EQ(std::system(command.c_str()), 0) << dir.ReadFile("out");
  EXPECT_THAT(dir.ReadFile("out"), HasSubstr("BM_Plain"));
}

}  // namespace
}  // namespace loadline::results
