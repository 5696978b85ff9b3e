#ifndef TESTS_SUPPORT_VARIABLE_H_
#define TESTS_SUPPORT_VARIABLE_H_

#include <stdlib.h>

#include <optional>
#include <string>

namespace loadline::testing {

// A variable of the environment, which children see, that has another value while this lives; null:
// it is not there. Then it is again as it was.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const before = ::getenv(name); before != nullptr) before_ = before;
    Set(value);
  }
  ~Variable() { Set(before_.has_value() ? before_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void Set(const char* value) const {
    if (value == nullptr) {
      ::unsetenv(name_);
    } else {
      ::setenv(name_, value, 1);
    }
  }

  const char* const name_;
  std::optional<std::string> before_;
};

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_VARIABLE_H_
