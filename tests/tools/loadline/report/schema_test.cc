// What the schemas of SARIF 2.1.0 and of JUnit's XML ask of the reports, as far as the reports use
// them: the members and elements that are known, those that are needed, and their values.

#include <rapidjson/document.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/loadline/report/sample_check.h"
#include "tests/tools/loadline/report/sample_comparison.h"
#include "tests/tools/loadline/report/xml_elements.h"
#include "tools/loadline/report/report.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;
using limits::CheckVerdict;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

// Every finding of a benchmark and of a metric, gated or not, failing and let pass.
CompareVerdict EveryFinding() {
  CompareVerdict verdict = SampleComparison();
  for (size_t i = 0; i < compare::kFindings; ++i) {
    const auto finding = static_cast<Finding>(i);
    for (const auto code : {results::ExitCode::kPass, results::ExitCode::kNotMeasured}) {
      verdict.benchmarks.push_back(SampleBenchmark(absl::StrCat("Whole/", i), finding));
      verdict.benchmarks.back().exit_code = code;
      verdict.benchmarks.push_back(SampleTimed(absl::StrCat("Metric/", i), finding, 100, 110));
      verdict.benchmarks.back().exit_code = code;
      verdict.benchmarks.push_back(SampleTimed(absl::StrCat("Reported/", i), finding, 100, 110));
      verdict.benchmarks.back().changes[0].gated = false;
    }
  }
  verdict.environment[0].allowed = false;
  verdict.limits = SampleCheck();
  return verdict;
}

// Of verdicts with everything in them and with nothing.
std::vector<std::string> Reports(Format format) {
  CheckVerdict nothing_checked;
  nothing_checked.problems = {"no file"};
  CompareVerdict nothing_compared;
  nothing_compared.problems = {"no file"};
  CheckVerdict standard_input = SampleCheck();
  standard_input.policy = "-";
  standard_input.failures[0].source = "a folder/r:1.json";
  return {Render(SampleCheck(), format),   Render(standard_input, format),
          Render(nothing_checked, format), Render(SampleComparison(), format),
          Render(EveryFinding(), format),  Render(nothing_compared, format)};
}

using Value = rapidjson::Value;

std::vector<std::string> MembersOf(const Value& object) {
  std::vector<std::string> names;
  if (!object.IsObject()) return names;
  for (const auto& member : object.GetObject()) names.emplace_back(member.name.GetString());
  return names;
}

// An object with all of `needed`, and besides them nothing but `allowed`.
void ExpectMembers(const Value& object, const std::vector<std::string>& needed,
                   const std::vector<std::string>& allowed = {}) {
  ASSERT_TRUE(object.IsObject());
  const std::vector<std::string> names = MembersOf(object);
  EXPECT_THAT(names, IsSupersetOf(needed));
  std::vector<std::string> known = needed;
  known.insert(known.end(), allowed.begin(), allowed.end());
  EXPECT_THAT(known, IsSupersetOf(names));
}

void ExpectText(const Value& message) {
  ExpectMembers(message, {"text"});
  EXPECT_GT(message["text"].GetStringLength(), 0U);
}

void ExpectReference(const std::string& uri) {
  EXPECT_FALSE(uri.empty());
  EXPECT_EQ(uri.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~/%"),
            std::string::npos)
      << uri;
}

void ExpectLocation(const Value& location) {
  ExpectMembers(location, {}, {"physicalLocation", "logicalLocations"});
  EXPECT_FALSE(location.ObjectEmpty());
  if (location.HasMember("physicalLocation")) {
    const Value& physical = location["physicalLocation"];
    ExpectMembers(physical, {"artifactLocation", "region"});
    ExpectMembers(physical["artifactLocation"], {"uri"});
    ExpectReference(physical["artifactLocation"]["uri"].GetString());
    ExpectMembers(physical["region"], {"startLine"}, {"startColumn"});
    for (const auto& member : physical["region"].GetObject()) {
      EXPECT_GE(member.value.GetInt(), 1) << member.name.GetString();
    }
  }
  if (!location.HasMember("logicalLocations")) return;
  for (const Value& logical : location["logicalLocations"].GetArray()) {
    ExpectMembers(logical, {"fullyQualifiedName"});
  }
}

void ExpectResult(const Value& result, const std::set<std::string>& rules) {
  ExpectMembers(result, {"ruleId", "kind", "level", "message", "locations"});
  EXPECT_THAT(rules, Contains(result["ruleId"].GetString()));
  EXPECT_THAT(result["kind"].GetString(), AnyOf(std::string("pass"), std::string("fail"),
                                                std::string("open"), std::string("informational")));
  const std::string level = result["level"].GetString();
  if (std::string(result["kind"].GetString()) == "fail") {
    EXPECT_EQ(level, "error");
  } else {
    EXPECT_EQ(level, "none");
  }
  ExpectText(result["message"]);
  for (const Value& location : result["locations"].GetArray()) ExpectLocation(location);
}

TEST(Sarif, IsWhatTheSchemaOfItsVersionAllows) {
  for (const std::string& report : Reports(Format::kSarif)) {
    SCOPED_TRACE(report.substr(0, 2000));
    rapidjson::Document log;
    ASSERT_FALSE(log.Parse(report.c_str()).HasParseError());
    ExpectMembers(log, {"$schema", "version", "runs"});
    EXPECT_STREQ(log["version"].GetString(), "2.1.0");
    ASSERT_EQ(log["runs"].Size(), 1U);
    const Value& run = log["runs"][0];
    ExpectMembers(run, {"tool", "columnKind", "results", "properties"});
    EXPECT_STREQ(run["columnKind"].GetString(), "unicodeCodePoints");
    ExpectMembers(run["tool"], {"driver"});
    const Value& driver = run["tool"]["driver"];
    ExpectMembers(driver, {"name", "rules"});
    std::set<std::string> rules;
    for (const Value& rule : driver["rules"].GetArray()) {
      ExpectMembers(rule, {"id", "shortDescription"});
      ExpectText(rule["shortDescription"]);
      EXPECT_TRUE(rules.insert(rule["id"].GetString()).second) << rule["id"].GetString();
    }
    EXPECT_GT(run["results"].Size(), 0U);
    for (const Value& result : run["results"].GetArray()) ExpectResult(result, rules);
  }
}

TEST(Sarif, HasNoLocationWhereThereIsNoFile) {
  CompareVerdict verdict;
  verdict.problems = {"the base side has no file"};
  rapidjson::Document log;
  ASSERT_FALSE(log.Parse(AsSarif(verdict).c_str()).HasParseError());
  EXPECT_TRUE(log["runs"][0]["results"][0]["locations"].Empty());
}

// Where an element may stand and which attributes it must and may have: the schema of Jenkins'
// xUnit plugin, and what Surefire's wants more of a suite.
struct ElementRule {
  std::string parent;
  std::vector<std::string> needed;
  std::vector<std::string> allowed;
};
const std::map<std::string, ElementRule>& ElementRules() {
  static const auto& rules = *new std::map<std::string, ElementRule>{
      {"testsuites", {"", {}, {"name", "tests", "failures", "errors"}}},
      {"testsuite", {"testsuites", {"name", "tests", "failures", "errors", "skipped"}, {}}},
      {"properties", {"testsuite", {}, {}}},
      {"property", {"properties", {"name", "value"}, {}}},
      {"testcase", {"testsuite", {"name", "classname", "time"}, {}}},
      {"system-out", {"testcase", {}, {}}},
      {"failure", {"testcase", {"type", "message"}, {}}},
      {"error", {"testcase", {"type", "message"}, {}}},
      {"skipped", {"testcase", {"message"}, {}}},
  };
  return rules;
}

void ExpectElement(const XmlElement& element) {
  const auto rule = ElementRules().find(element.name);
  ASSERT_NE(rule, ElementRules().end()) << element.name;
  EXPECT_EQ(element.parent, rule->second.parent) << element.name;
  std::vector<std::string> names;
  for (const auto& [name, value] : element.attributes) names.push_back(name);
  EXPECT_THAT(names, IsSupersetOf(rule->second.needed)) << element.name;
  std::vector<std::string> known = rule->second.needed;
  known.insert(known.end(), rule->second.allowed.begin(), rule->second.allowed.end());
  EXPECT_THAT(known, IsSupersetOf(names)) << element.name;
}

TEST(Junit, IsWhatTheSchemasOfItsReadersAllow) {
  for (const std::string& report : Reports(Format::kJunit)) {
    SCOPED_TRACE(report.substr(0, 2000));
    const std::vector<XmlElement> elements = XmlElements::Of(report);
    ASSERT_THAT(elements, Not(IsEmpty()));
    for (const XmlElement& element : elements) ExpectElement(element);
  }
}

TEST(Junit, CountsTheCasesThatItHas) {
  for (const std::string& report : Reports(Format::kJunit)) {
    SCOPED_TRACE(report.substr(0, 2000));
    std::map<std::string, int> counts;
    for (const XmlElement& element : XmlElements::Of(report)) ++counts[element.name];
    const auto text = [&](const char* name) { return std::to_string(counts[name]); };
    const std::vector<XmlElement> elements = XmlElements::Of(report);
    EXPECT_EQ(elements[0].attributes.at("tests"), text("testcase"));
    EXPECT_EQ(elements[0].attributes.at("failures"), text("failure"));
    EXPECT_EQ(elements[0].attributes.at("errors"), text("error"));
    EXPECT_EQ(elements[1].attributes.at("tests"), text("testcase"));
    EXPECT_EQ(elements[1].attributes.at("failures"), text("failure"));
    EXPECT_EQ(elements[1].attributes.at("errors"), text("error"));
    EXPECT_EQ(elements[1].attributes.at("skipped"), text("skipped"));
    // One outcome a case.
    EXPECT_EQ(counts["testcase"],
              counts["system-out"] + counts["failure"] + counts["error"] + counts["skipped"]);
  }
}

}  // namespace
}  // namespace loadline::report
