#include "tools/loadline/report/junit.h"

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/escape.h"

namespace loadline::report {
namespace {

std::string Attribute(absl::string_view name, absl::string_view value) {
  return absl::StrCat(" ", name, "=\"", EscapeXml(value), "\"");
}

// Some readers insist on a type, which in Java is the exception's.
std::string ElementOf(JunitOutcome outcome, absl::string_view type, absl::string_view message) {
  const std::string attributes =
      absl::StrCat(Attribute("type", type), Attribute("message", message));
  switch (outcome) {
    case JunitOutcome::kPass:
      return absl::StrCat("<system-out>", EscapeXml(message), "</system-out>");
    case JunitOutcome::kFailure:
      return absl::StrCat("<failure", attributes, "/>");
    case JunitOutcome::kError:
      return absl::StrCat("<error", attributes, "/>");
    case JunitOutcome::kSkipped:
      return absl::StrCat("<skipped", Attribute("message", message), "/>");
  }
  return std::string();
}

}  // namespace

void JunitSuite::AddProperty(absl::string_view name, absl::string_view value) {
  absl::StrAppend(&properties_, "      <property", Attribute("name", name),
                  Attribute("value", value), "/>\n");
}

void JunitSuite::AddCase(absl::string_view class_name, absl::string_view name, JunitOutcome outcome,
                         absl::string_view message) {
  ++tests_;
  if (outcome == JunitOutcome::kFailure) ++failures_;
  if (outcome == JunitOutcome::kError) ++errors_;
  if (outcome == JunitOutcome::kSkipped) ++skipped_;
  absl::StrAppend(&cases_, "    <testcase", Attribute("classname", class_name),
                  Attribute("name", name), Attribute("time", "0"), ">\n      ",
                  ElementOf(outcome, class_name, message), "\n    </testcase>\n");
}

std::string JunitSuite::Render() const {
  const std::string counts =
      absl::StrCat(" tests=\"", tests_, "\" failures=\"", failures_, "\" errors=\"", errors_, "\"");
  return absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"loadline\"",
                      counts, ">\n  <testsuite", Attribute("name", name_), counts, " skipped=\"",
                      skipped_, "\">\n    <properties>\n", properties_, "    </properties>\n",
                      cases_, "  </testsuite>\n</testsuites>\n");
}

}  // namespace loadline::report
