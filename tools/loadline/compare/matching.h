#ifndef TOOLS_LOADLINE_COMPARE_MATCHING_H_
#define TOOLS_LOADLINE_COMPARE_MATCHING_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/compare/effect.h"
#include "tools/loadline/policy/terms.h"
#include "tools/loadline/samples/side.h"

namespace loadline::compare {

// What decides while two sides are matched, besides the terms.
struct MatchOptions {
  double alpha = 0;
  const Noise* noise = nullptr;         // may be null
  const PairedRuns* paired = nullptr;   // may be null
  std::vector<std::string> benchmarks;  // globs; empty: all
  bool environment_refused = false;     // nothing is comparable
  // What threaded times mean in the files of both sides, each meaning once; empty when the caller
  // allows them to differ.
  std::vector<std::string> time_semantics;
};

// Both sides matched by name, then, of those whose name the other side does not have, by canonical
// name where each side has one such benchmark: it may be run for another length. With every
// metric's figures. Findings of changes that were compared are still open; those of everything else
// are decided, exit codes included.
struct Matched {
  std::vector<policy::ComparedMetric> metrics;  // sorted by name
  std::vector<BenchmarkComparison> benchmarks;  // sorted by name; changes gated first
  // One for each change, in the order of the benchmarks and their changes.
  std::vector<Evidence> evidence;
  // As many: what was asked about each; `base` is empty where nothing was. Points into the sides.
  std::vector<EffectQuestion> questions;
  size_t filtered_out = 0;   // names that no glob of the options selects
  size_t without_noise = 0;  // changes that needed the recorded spread, and none is recorded
};
Matched Match(const samples::Side& base, const samples::Side& fresh, const policy::TermsBook& terms,
              const MatchOptions& options);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_MATCHING_H_
