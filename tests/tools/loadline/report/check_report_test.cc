#include "tools/loadline/report/check_report.h"

#include <rapidjson/document.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::report {
namespace {

using judge::CheckVerdict;

results::Row MakeRow(const std::string& name, double bytes) {
  results::Row row;
  row.name = row.run_name = name;
  row.iterations = 1;
  row.real_time_ns = row.cpu_time_ns = 1;
  row.counters = {{"rss_peak_bytes", bytes}, {"success_pct", 100}};
  return row;
}

// A pass, a broken limit, a value that is not finite, an unknown counter and a failed row.
CheckVerdict MakeVerdict(const std::string& name, const std::string& message) {
  results::ResultFile file;
  file.source = "results.json";
  file.context = {{"loadline.host.name", "example"},
                  {"loadline.host.os", "Linux"},
                  {"loadline.host.os_release", "6.1"},
                  {"loadline.host.architecture", "x86_64"},
                  {"num_cpus", 2}};
  file.rows = {MakeRow("Init/Cold/projects:20", 123'456'789), MakeRow(name, 600'000'000.5)};
  file.rows[1].counters["lat_p99_ns"] = std::nan("");
  results::Row failed = MakeRow("Mix/Crash", 0);
  failed.error_occurred = true;
  failed.error_message = message;
  file.rows.push_back(failed);
  auto policy = judge::ParsePolicy("m4.toml", R"([[limit]]
benchmarks = "*"
require = ["max(rss_peak_bytes) < 500MB", "min(success_pct) > 95", "max(lat_p99_ns) < 1s"]
[[limit]]
benchmarks = ["Init/*"]
require = "p95(init_ready_ns) < 5s"
)");
  EXPECT_TRUE(policy.ok()) << policy.status();
  return judge::Check(*policy, {file});
}

CheckVerdict Plain() { return MakeVerdict("VectorStore/Search_Warm/threads:4", "crashed: 11"); }

// Compares with testdata/NAME; LOADLINE_UPDATE_GOLDEN=1 rewrites it.
void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(LOADLINE_TESTDATA, "/", name);
  if (std::getenv("LOADLINE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream in(path);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << name;
}

TEST(CheckReport, TextIsTheGolden) { ExpectGolden("check.txt", CheckAsText(Plain(), false)); }
TEST(CheckReport, MarkdownIsTheGolden) { ExpectGolden("check.md", CheckAsMarkdown(Plain())); }
TEST(CheckReport, JsonIsTheGolden) { ExpectGolden("check.json", CheckAsJson(Plain())); }
TEST(CheckReport, JunitIsTheGolden) { ExpectGolden("check.xml", CheckAsJunit(Plain())); }
TEST(CheckReport, SarifIsTheGolden) { ExpectGolden("check.sarif", CheckAsSarif(Plain())); }
TEST(CheckReport, CsvIsTheGolden) { ExpectGolden("check.csv", CheckAsCsv(Plain())); }

TEST(CheckReport, ColourOnlyAddsColour) {
  const std::string plain = CheckAsText(Plain(), false);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  std::string coloured = CheckAsText(Plain(), true);
  EXPECT_NE(coloured, plain);
  for (const char* code : {"\x1b[31m", "\x1b[32m", "\x1b[0m"}) {
    for (size_t at; (at = coloured.find(code)) != std::string::npos;) {
      coloured.erase(at, std::string(code).size());
    }
  }
  EXPECT_EQ(coloured, plain);
}

TEST(CheckReport, EveryLineOfHostileNamesIsHarmlessInEveryFormat) {
  for (const char* hostile :
       {"::error::x", "##[error]x", "a\n::error::x", "\x1b[2J", "\xE2\x80\xAE", "a|b`c<img>",
        "=CMD()", "\xff", "</testcase>", "a\"b'c&d", "x\r\ny"}) {
    const CheckVerdict verdict = MakeVerdict(hostile, hostile);
    for (Format format : {Format::kText, Format::kMarkdown, Format::kJson, Format::kJunit,
                          Format::kSarif, Format::kCsv}) {
      const std::string text = RenderCheck(verdict, format);
      EXPECT_FALSE(absl::StrContains(text, "##[")) << text;
      for (absl::string_view line : absl::StrSplit(text, '\n')) {
        EXPECT_EQ(results::EscapeUnprintable(line), line);
        EXPECT_FALSE(absl::StartsWith(line, "::")) << text;
      }
    }
  }
}

TEST(CheckReport, HostileNamesKeepTheMarkdownColumns) {
  const std::string text = CheckAsMarkdown(MakeVerdict("a|b\\|c\n|d", "|"));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, "|")) continue;
    int borders = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '|') {
        ++borders;
      }
    }
    EXPECT_EQ(borders, 7) << line;
  }
}

TEST(CheckReport, JsonAndSarifAreStrictAndKeepTheName) {
  const std::string name = "a\"\\\n\x1b##[x]";
  const CheckVerdict verdict = MakeVerdict(name, "m");
  rapidjson::Document json;
  ASSERT_FALSE(json.Parse(CheckAsJson(verdict).c_str()).HasParseError());
  EXPECT_EQ(std::string(json["limits"][0]["worst_benchmark"].GetString()), name);
  rapidjson::Document sarif;
  ASSERT_FALSE(sarif.Parse(CheckAsSarif(verdict).c_str()).HasParseError());
}

}  // namespace
}  // namespace loadline::report
