#ifndef TESTS_TOOLS_LOADLINE_COMPARE_PLANTED_COMPARISON_H_
#define TESTS_TOOLS_LOADLINE_COMPARE_PLANTED_COMPARISON_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/status_matchers.h"
#include "tests/tools/loadline/results/planted_runs.h"
#include "tools/loadline/compare/compare.h"

namespace loadline::compare {

// Comparisons of planted runs, and what they say of one benchmark.

inline constexpr char kName[] = "BM_Sort/1024";

inline CompareVerdict CompareRows(std::vector<results::Row> base,
                                  std::vector<results::Row> candidate,
                                  const policy::Policy& policy = {},
                                  const CompareOptions& options = {}, int processes = 10) {
  return Compare(policy, options, {results::IsolatedRun("base.json", std::move(base), processes)},
                 {results::IsolatedRun("new.json", std::move(candidate), processes)});
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

inline policy::Policy PolicyOf(absl::string_view toml) {
  const auto policy = policy::ParsePolicy("p.toml", toml);
  EXPECT_OK(policy);
  return policy.ok() ? *policy : policy::Policy();
}

// One file of ten processes that carry one more counter.
inline std::vector<results::Row> WithCounter(const std::string& counter, double value,
                                             double spread, int phase, int processes = 10) {
  std::vector<results::Row> rows = results::PlantedRows(kName, 1000, 0.01, processes, phase);
  for (int i = 0; i < processes; ++i) {
    rows[static_cast<size_t>(i)].counters[counter] =
        value * (1 + spread * results::Deviation(i, phase + 7));
  }
  return rows;
}

}  // namespace loadline::compare

#endif  // TESTS_TOOLS_LOADLINE_COMPARE_PLANTED_COMPARISON_H_
