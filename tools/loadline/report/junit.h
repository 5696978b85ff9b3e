#ifndef TOOLS_LOADLINE_REPORT_JUNIT_H_
#define TOOLS_LOADLINE_REPORT_JUNIT_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace loadline::report {

// kFailure: judged, and the answer is no. kError: could not be judged. kSkipped: judged by nobody.
enum class JunitOutcome { kPass, kFailure, kError, kSkipped };

// One suite in what JUnit's XML has become: valid under the schema of Jenkins' xUnit plugin
// (junit-10.xsd), and its <testsuite> under that of Maven Surefire (3.0.2). Ant's is not met, as it
// wants the time of day; the time that a case took is 0. All text is escaped here.
class JunitSuite {
 public:
  explicit JunitSuite(std::string name) : name_(std::move(name)) {}

  void AddProperty(absl::string_view name, absl::string_view value);
  // A message beside a pass is shown as the case's output.
  void AddCase(absl::string_view class_name, absl::string_view name, JunitOutcome outcome,
               absl::string_view message);

  // The whole document, with a newline at the end.
  std::string Render() const;

 private:
  std::string name_;
  std::string properties_;
  std::string cases_;
  size_t tests_ = 0;
  size_t failures_ = 0;
  size_t errors_ = 0;
  size_t skipped_ = 0;
};

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_JUNIT_H_
