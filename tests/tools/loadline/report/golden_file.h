#ifndef TESTS_TOOLS_LOADLINE_REPORT_GOLDEN_FILE_H_
#define TESTS_TOOLS_LOADLINE_REPORT_GOLDEN_FILE_H_

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "tests/support/test_path.h"

namespace loadline::report {

// Holds `text` against testdata/NAME; LOADLINE_UPDATE_GOLDEN=1 rewrites the file first.
inline void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(testing::TestPath("testdata"), "/", name);
  if (std::getenv("LOADLINE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream in(path);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << name;
}

}  // namespace loadline::report

#endif  // TESTS_TOOLS_LOADLINE_REPORT_GOLDEN_FILE_H_
