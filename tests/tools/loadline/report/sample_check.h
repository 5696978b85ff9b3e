#ifndef TESTS_TOOLS_LOADLINE_REPORT_SAMPLE_CHECK_H_
#define TESTS_TOOLS_LOADLINE_REPORT_SAMPLE_CHECK_H_

#include <cmath>
#include <string>

#include "gtest/gtest.h"
#include "tools/loadline/limits/check.h"

namespace loadline::report {

inline results::Row SampleRow(const std::string& name, double bytes) {
  results::Row row;
  row.name = row.run_name = name;
  row.iterations = 1;
  row.real_time_ns = row.cpu_time_ns = 1;
  row.counters = {{"rss_peak_bytes", bytes}, {"success_pct", 100}};
  return row;
}

// A pass, a broken limit, a value that is not finite beside one that is missing, an unknown counter
// and a failed row, measured on another machine than the policy's, and a busy one.
inline limits::CheckVerdict SampleCheck() {
  results::ResultFile file;
  file.source = "results.json";
  file.context = {{"loadline.host.name", "example"},   {"loadline.host.os", "Linux"},
                  {"loadline.host.os_release", "6.1"}, {"loadline.host.architecture", "x86_64"},
                  {"loadline.load_before", "1.75"},    {"num_cpus", 2}};
  file.rows = {SampleRow("Init/Cold/projects:20", 123'456'789),
               SampleRow("VectorStore/Search_Warm/threads:4", 600'000'000.5)};
  file.rows[1].counters["lat_p99_ns"] = std::nan("");
  results::Row failed = SampleRow("Mix/Crash", 0);
  failed.error_occurred = true;
  failed.error_message = "crashed: 11";
  file.rows.push_back(failed);
  auto policy = policy::ParsePolicy("m4.toml", R"(reference = "box seven"
[[limit]]
benchmarks = "*"
require = ["max(rss_peak_bytes) < 500MB", "min(success_pct) > 95", "max(lat_p99_ns) < 1s"]
[[limit]]
benchmarks = ["Init/*"]
require = "p95(init_ready_ns) < 5s"
)");
  EXPECT_TRUE(policy.ok()) << policy.status();
  return limits::Check(*policy, {file});
}

}  // namespace loadline::report

#endif  // TESTS_TOOLS_LOADLINE_REPORT_SAMPLE_CHECK_H_
