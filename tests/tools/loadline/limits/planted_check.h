#ifndef TESTS_TOOLS_LOADLINE_LIMITS_PLANTED_CHECK_H_
#define TESTS_TOOLS_LOADLINE_LIMITS_PLANTED_CHECK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tools/loadline/limits/check.h"

namespace loadline::limits {

inline results::Row MakeRow(const std::string& name, results::Counters counters) {
  results::Row row;
  row.name = row.run_name = name;
  row.iterations = 1;
  row.real_time_ns = 10;
  row.cpu_time_ns = 5;
  row.counters = std::move(counters);
  return row;
}

inline results::ResultFile MakeFile(std::vector<results::Row> rows) {
  results::ResultFile file;
  file.source = "r.json";
  file.context = {{"host_name", "example"}};
  file.rows = std::move(rows);
  return file;
}

inline policy::Policy MakePolicy(const std::string& require, const std::string& glob = "*") {
  auto policy = policy::ParsePolicy("p.toml", absl::StrCat("[[limit]]\nbenchmarks = \"", glob,
                                                           "\"\nrequire = \"", require, "\""));
  EXPECT_OK(policy);
  return policy.ok() ? *std::move(policy) : policy::Policy();
}

inline CheckVerdict CheckOne(const std::string& require, std::vector<results::Row> rows,
                             const std::string& glob = "*") {
  const results::ResultFile file = MakeFile(std::move(rows));
  return Check(MakePolicy(require, glob), {file});
}

}  // namespace loadline::limits

#endif  // TESTS_TOOLS_LOADLINE_LIMITS_PLANTED_CHECK_H_
