#ifndef TESTS_TOOLS_LOADLINE_RUN_RUN_FILES_H_
#define TESTS_TOOLS_LOADLINE_RUN_RUN_FILES_H_

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/run/run.h"

namespace loadline::run {

// A run that writes "out.json" in `dir`.
inline RunOptions Options(const testing::TempDir& dir, const std::string& suite,
                          const std::string& filter = "") {
  RunOptions options;
  options.suite = suite;
  options.filter = filter;
  options.profile = "tiny";
  options.time_limit_seconds = 60;
  options.out = dir.Path("out.json");
  return options;
}

// What it wrote.
inline results::ResultFile ReadFile(const testing::TempDir& dir) {
  auto file = results::ReadResultFile(dir.Path("out.json"));
  EXPECT_OK(file.status());
  return file.ok() ? *file : results::ResultFile();
}

inline const results::Row& RowNamed(const results::ResultFile& file, const std::string& name) {
  for (const results::Row& row : file.rows) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  static const results::Row none;
  return none;
}

}  // namespace loadline::run

#endif  // TESTS_TOOLS_LOADLINE_RUN_RUN_FILES_H_
