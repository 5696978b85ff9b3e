#ifndef TESTS_TOOLS_LOADLINE_JUDGE_PLANTED_COMPARISON_H_
#define TESTS_TOOLS_LOADLINE_JUDGE_PLANTED_COMPARISON_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/status_matchers.h"
#include "tests/tools/loadline/judge/planted_runs.h"
#include "tools/loadline/judge/compare.h"

namespace loadline::judge {

// Comparisons of planted runs, and what they say of one benchmark.

inline constexpr char kName[] = "BM_Sort/1024";

inline CompareVerdict CompareRows(std::vector<results::Row> base, std::vector<results::Row> fresh,
                                  const Policy& policy = {}, const CompareOptions& options = {},
                                  int processes = 10) {
  return Compare(policy, options, {IsolatedRun("base.json", std::move(base), processes)},
                 {IsolatedRun("new.json", std::move(fresh), processes)});
}

inline const BenchmarkComparison* Find(const CompareVerdict& verdict, absl::string_view name) {
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    if (benchmark.name == name) return &benchmark;
  }
  return nullptr;
}

inline const Change* FindChange(const CompareVerdict& verdict, absl::string_view name,
                                absl::string_view metric) {
  const BenchmarkComparison* benchmark = Find(verdict, name);
  if (benchmark == nullptr) return nullptr;
  for (const Change& change : benchmark->changes) {
    if (verdict.metrics[change.metric] == metric) return &change;
  }
  return nullptr;
}

inline Policy PolicyOf(absl::string_view toml) {
  const auto policy = ParsePolicy("p.toml", toml);
  EXPECT_OK(policy);
  return policy.ok() ? *policy : Policy();
}

// One file of ten processes that carry one more counter.
inline std::vector<results::Row> WithCounter(const std::string& counter, double value,
                                             double spread, int phase, int processes = 10) {
  std::vector<results::Row> rows = PlantedRows(kName, 1000, 0.01, processes, phase);
  for (int i = 0; i < processes; ++i) {
    rows[static_cast<size_t>(i)].counters[counter] = value * (1 + spread * Deviation(i, phase + 7));
  }
  return rows;
}

}  // namespace loadline::judge

#endif  // TESTS_TOOLS_LOADLINE_JUDGE_PLANTED_COMPARISON_H_
