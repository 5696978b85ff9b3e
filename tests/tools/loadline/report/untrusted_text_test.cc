// Every byte, in every text field of both reports, in every format: the report keeps its shape.

#include <rapidjson/document.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/sanitizer.h"
#include "tests/tools/loadline/report/sample_check.h"
#include "tests/tools/loadline/report/sample_comparison.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::report {
namespace {

// A report with `text` in one of its fields.
struct Field {
  std::string name;
  std::function<std::string(const std::string& text, Format format)> render;
};

template <typename Verdict, typename Render>
void AddFields(const std::string& report, const Verdict& sample, Render render,
               const std::vector<std::pair<std::string, std::function<std::string&(Verdict&)>>>& at,
               std::vector<Field>& fields) {
  for (const auto& [name, field] : at) {
    fields.push_back({absl::StrCat(report, ".", name),
                      [sample, field = field, render](const std::string& text, Format format) {
                        Verdict verdict = sample;
                        field(verdict) = text;
                        return render(verdict, format);
                      }});
  }
}

using CheckFields =
    std::vector<std::pair<std::string, std::function<std::string&(limits::CheckVerdict&)>>>;
CheckFields FieldsOfCheck() {
  using V = limits::CheckVerdict;
  return {{"policy", [](V& v) -> std::string& { return v.policy; }},
          {"source", [](V& v) -> std::string& { return v.sources[0]; }},
          {"host", [](V& v) -> std::string& { return v.hosts[0].name; }},
          {"description", [](V& v) -> std::string& { return v.hosts[0].description; }},
          {"benchmarks", [](V& v) -> std::string& { return v.limits[0].limit.benchmarks[0]; }},
          {"require", [](V& v) -> std::string& { return v.limits[0].limit.require.text; }},
          {"worst", [](V& v) -> std::string& { return v.limits[0].worst_benchmark; }},
          {"worst_source", [](V& v) -> std::string& { return v.limits[0].worst_source; }},
          {"explanation", [](V& v) -> std::string& { return v.limits[3].explanation; }},
          {"failed source", [](V& v) -> std::string& { return v.failures[0].source; }},
          {"failed name", [](V& v) -> std::string& { return v.failures[0].benchmark; }},
          {"failed message", [](V& v) -> std::string& { return v.failures[0].message; }},
          {"lacking", [](V& v) -> std::string& { return v.limits[0].lacking.emplace_back(); }},
          {"reference", [](V& v) -> std::string& { return v.reference; }},
          {"problem", [](V& v) -> std::string& { return v.problems.emplace_back(); }},
          {"note", [](V& v) -> std::string& { return v.notes.emplace_back(); }}};
}

using CompareFields =
    std::vector<std::pair<std::string, std::function<std::string&(compare::CompareVerdict&)>>>;
CompareFields FieldsOfComparison() {
  using V = compare::CompareVerdict;
  return {{"policy", [](V& v) -> std::string& { return v.policy; }},
          {"base source", [](V& v) -> std::string& { return v.base.sources[0]; }},
          {"new source", [](V& v) -> std::string& { return v.candidate.sources[0]; }},
          {"base host", [](V& v) -> std::string& { return v.base.hosts[0]; }},
          {"new host", [](V& v) -> std::string& { return v.candidate.hosts[0]; }},
          {"key", [](V& v) -> std::string& { return v.environment[0].key; }},
          {"what", [](V& v) -> std::string& { return v.environment[0].what; }},
          {"env base", [](V& v) -> std::string& { return v.environment[0].base; }},
          {"env new", [](V& v) -> std::string& { return v.environment[1].candidate; }},
          {"metric", [](V& v) -> std::string& { return v.metrics[kCpuTime]; }},
          {"improved", [](V& v) -> std::string& { return v.benchmarks[0].name; }},
          {"crashed", [](V& v) -> std::string& { return v.benchmarks[1].name; }},
          {"message", [](V& v) -> std::string& { return v.benchmarks[1].message; }},
          {"missing", [](V& v) -> std::string& { return v.benchmarks[2].name; }},
          {"new", [](V& v) -> std::string& { return v.benchmarks[3].name; }},
          {"noisy", [](V& v) -> std::string& { return v.benchmarks[4].name; }},
          {"unchanged", [](V& v) -> std::string& { return v.benchmarks[5].name; }},
          {"regressed", [](V& v) -> std::string& { return v.benchmarks[6].name; }},
          {"base unit", [](V& v) -> std::string& { return v.benchmarks[6].base_unit; }},
          {"new unit", [](V& v) -> std::string& { return v.benchmarks[6].new_unit; }},
          {"problem", [](V& v) -> std::string& { return v.problems[0]; }},
          {"note", [](V& v) -> std::string& { return v.notes[0]; }}};
}

std::vector<Field> Fields() {
  std::vector<Field> fields;
  const auto render = [](const auto& verdict, Format format) { return Render(verdict, format); };
  AddFields<limits::CheckVerdict>("check", SampleCheck(), render, FieldsOfCheck(), fields);
  AddFields<compare::CompareVerdict>("compare", SampleComparison(), render, FieldsOfComparison(),
                                     fields);
  // The check inside a comparison.
  const auto limits = [](const limits::CheckVerdict& verdict, Format format) {
    compare::CompareVerdict comparison = SampleComparison();
    comparison.limits = verdict;
    return Render(comparison, format);
  };
  AddFields<limits::CheckVerdict>("compare.limits", SampleCheck(), limits, FieldsOfCheck(), fields);
  return fields;
}

// What a reader of the format makes of the text apart from the words: equal for equal shapes.
std::string MarkdownShape(const std::string& text) {
  std::string shape;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (absl::StrContains("|<>`*_~[]\n", absl::string_view(&text[i], 1))) {
      shape.push_back(text[i]);
    }
  }
  return shape;
}

std::string XmlShape(const std::string& text) {
  std::string shape;
  std::copy_if(text.begin(), text.end(), std::back_inserter(shape),
               [](char c) { return absl::StrContains("<>\"'=\n", absl::string_view(&c, 1)); });
  // What "=" stands for outside of quotes is seen by the quotes around it.
  return absl::StrReplaceAll(shape, {{"=", ""}});
}

// The commas and newlines between fields; a field's text begins after its opening quote.
std::string CsvShape(const std::string& text) {
  std::string shape;
  bool quoted = false;
  char before = '\n';
  for (const char c : text) {
    const bool opens = c == '"' && !quoted && (before == ',' || before == '\n');
    const bool first = quoted && before == '\0';
    if (first) {
      EXPECT_FALSE(absl::StrContains("=+-@", absl::string_view(&c, 1))) << text;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == ',' || c == '\n')) shape.push_back(c);
    before = opens ? '\0' : c;
  }
  return shape;
}

std::string JsonShape(const std::string& text) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str());
  EXPECT_FALSE(json.HasParseError()) << text;
  return absl::StrCat(std::count(text.begin(), text.end(), '\n'));
}

std::string ShapeOf(Format format, const std::string& text) {
  switch (format) {
    case Format::kText:
      return absl::StrCat(std::count(text.begin(), text.end(), '\n'));
    case Format::kMarkdown:
      return MarkdownShape(text);
    case Format::kJson:
    case Format::kSarif:
      return JsonShape(text);
    case Format::kJunit:
      return XmlShape(text);
    case Format::kCsv:
      return CsvShape(text);
  }
  return std::string();
}

// Nothing that a terminal acts on, and nothing that a build service does.
void ExpectHarmlessLines(const std::string& text, const std::string& where) {
  ASSERT_FALSE(absl::StrContains(text, "##[")) << where;
  ASSERT_FALSE(absl::StrContains(text, "##vso[")) << where;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ASSERT_EQ(results::EscapeUnprintable(line), line) << where;
    ASSERT_FALSE(absl::StartsWith(line, "::")) << where;
  }
}

std::vector<std::string> HostileTexts() {
  // A sanitizer takes ten times as long: it sees every fifth byte, and all that some format
  // escapes.
  constexpr int kStep = ::loadline::testing::kHasShadowMemory ? 5 : 1;
  constexpr absl::string_view kSpecial("\0\t\n\r\x1b\x7f\"&'<>\\`|*_[]#,=+-@:", 25);
  std::vector<std::string> texts;
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (byte % kStep == 0 || absl::StrContains(kSpecial, c)) texts.push_back({c, 'x', c});
  }
  for (const char* text : {"::error::x",
                           " ::error::x",
                           "##[error]x",
                           "##vso[x]y",
                           "a\n::error::x",
                           "x\r\ny",
                           "\x1b[2J",
                           "\xE2\x80\xAE",
                           "\xE2\x80\xA8",
                           "\xEF\xBB\xBF",
                           "</testcase>",
                           "]]>",
                           "-->",
                           "<img src=x>",
                           "a|b`c",
                           "\\|",
                           "\\\\|",
                           "=CMD()",
                           "\t=1",
                           "\",=1",
                           "</details>",
                           "| --- |",
                           "[x](http:/"
                           "/y)",
                           "\xff\xfe",
                           "\xED\xA0\x80"}) {
    texts.emplace_back(text);
  }
  return texts;
}

class UntrustedText : public ::testing::TestWithParam<Format> {};

TEST_P(UntrustedText, ChangesTheShapeOfNoReport) {
  const std::vector<std::string> texts = HostileTexts();
  for (const Field& field : Fields()) {
    const std::string shape = ShapeOf(GetParam(), field.render("xyx", GetParam()));
    for (const std::string& text : texts) {
      const std::string report = field.render(text, GetParam());
      const std::string where = absl::StrCat(field.name, ": ", results::Quoted(text));
      ExpectHarmlessLines(report, where);
      ASSERT_EQ(ShapeOf(GetParam(), report), shape) << where << "\n" << report;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, UntrustedText,
                         ::testing::Values(Format::kText, Format::kMarkdown, Format::kJson,
                                           Format::kJunit, Format::kSarif, Format::kCsv),
                         [](const auto& test) {
                           return std::string(kFormatNames[static_cast<size_t>(test.param)]);
                         });

}  // namespace
}  // namespace loadline::report
