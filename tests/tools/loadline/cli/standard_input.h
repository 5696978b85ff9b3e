#ifndef TESTS_TOOLS_LOADLINE_CLI_STANDARD_INPUT_H_
#define TESTS_TOOLS_LOADLINE_CLI_STANDARD_INPUT_H_

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"

namespace loadline::cli {

// A file in the place of this process's standard input, for as long as the object lives.
class StandardInput {
 public:
  explicit StandardInput(const std::string& path)
      : before_(::dup(STDIN_FILENO)), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    EXPECT_EQ(::dup2(file_, STDIN_FILENO), STDIN_FILENO) << path;
  }
  ~StandardInput() {
    ::dup2(before_, STDIN_FILENO);
    ::close(file_);
    ::close(before_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

  bool Untouched() const { return ::lseek(file_, 0, SEEK_CUR) == 0; }

 private:
  const int before_;
  const int file_;
};

}  // namespace loadline::cli

#endif  // TESTS_TOOLS_LOADLINE_CLI_STANDARD_INPUT_H_
