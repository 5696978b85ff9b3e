#ifndef TESTS_SUPPORT_STATUS_MATCHERS_H_
#define TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace absl {

// Without these a failing expectation prints bytes instead of the status.
template <typename T>
void PrintTo(const StatusOr<T>& result, std::ostream* os) {
  *os << (result.ok() ? "OK, with a value" : result.status().ToString());
}

}  // namespace absl

namespace loadline::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// EXPECT_THAT(call, IsOk()), for a Status or a StatusOr.
MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  const absl::Status status = StatusOf(arg);
  if (!status.ok()) *result_listener << "which is " << status.ToString();
  return status.ok();
}

// EXPECT_THAT(call, StatusIs(absl::StatusCode::kNotFound, HasSubstr("x"))).
MATCHER_P2(StatusIs, code, message,
           "has status code " + absl::StatusCodeToString(code) + " and a message that " +
               ::testing::DescribeMatcher<std::string>(message, negation)) {
  const absl::Status status = StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

inline auto StatusIs(absl::StatusCode code) { return StatusIs(code, ::testing::_); }

// EXPECT_THAT(call, IsOkAndHolds(Eq(3))); the inner matcher sees a const reference.
MATCHER_P(IsOkAndHolds, inner, "is OK and holds the value") {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(inner, *arg, result_listener);
}

}  // namespace loadline::testing

#define EXPECT_OK(expr) EXPECT_THAT((expr), ::loadline::testing::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT((expr), ::loadline::testing::IsOk())

#endif  // TESTS_SUPPORT_STATUS_MATCHERS_H_
