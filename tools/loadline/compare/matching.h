#ifndef TOOLS_LOADLINE_COMPARE_MATCHING_H_
#define TOOLS_LOADLINE_COMPARE_MATCHING_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/compare/effect.h"
#include "tools/loadline/compare/verdict.h"
#include "tools/loadline/policy/terms.h"
#include "tools/loadline/samples/environment.h"
#include "tools/loadline/samples/side.h"

namespace loadline::compare {

// One metric of one benchmark: what is asked about it, and, once it is known, the answer. Points
// into the sides.
struct Asked {
  Change change;                          // decided where nothing is asked
  EffectQuestion question;                // its `base` is empty where nothing is asked
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

// What `environment`, the differences between both sides' files, refuses becomes kIncomparable.
Matched Match(const samples::Side& base, const samples::Side& candidate,
              const policy::TermsBook& terms, const CompareOptions& options,
              absl::Span<const samples::EnvironmentDifference> environment);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_MATCHING_H_
