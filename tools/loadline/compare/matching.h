#ifndef TOOLS_LOADLINE_COMPARE_MATCHING_H_
#define TOOLS_LOADLINE_COMPARE_MATCHING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tools/loadline/compare/effect.h"
#include "tools/loadline/compare/noise.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/compare/verdict.h"
#include "tools/loadline/policy/terms.h"
#include "tools/loadline/samples/environment.h"
#include "tools/loadline/samples/side.h"

namespace loadline::compare {

// What decides while two sides are matched, besides the terms.
struct MatchOptions {
  const Noise* noise = nullptr;         // may be null
  const PairedRuns* paired = nullptr;   // may be null
  std::vector<std::string> benchmarks;  // globs; empty: all
  // Of both sides' files; what they refuse becomes kIncomparable.
  absl::Span<const samples::EnvironmentDifference> environment;
  // What threaded times mean in the files of both sides, each meaning once; empty when the caller
  // allows them to differ.
  std::vector<std::string> time_semantics;
};

// One metric of one benchmark: what is asked about it, and, once it is known, the answer.
struct Asked {
  Change change;  // decided where nothing is asked
  // `base` is empty where nothing is asked. Points into the sides.
  EffectQuestion question;
  const samples::Series* base = nullptr;  // what the question is about; null where nothing is
  const samples::Series* candidate = nullptr;
  bool open() const { return !question.base.empty(); }
};

// Both sides matched by name, then, of those whose name the other side does not have, by canonical
// name where each side has one such benchmark: it may be run for another length.
struct Matched {
  std::vector<policy::ComparedMetric> metrics;  // sorted by name
  // Sorted by name, without their changes. Those of which no metric is asked about are decided,
  // exit codes included.
  std::vector<BenchmarkComparison> benchmarks;
  std::vector<std::vector<Asked>> asked;  // by benchmark; gated first, then by metric name
  size_t filtered_out = 0;                // names that no glob of the options selects
};
Matched Match(const samples::Side& base, const samples::Side& candidate,
              const policy::TermsBook& terms, const MatchOptions& options);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_MATCHING_H_
