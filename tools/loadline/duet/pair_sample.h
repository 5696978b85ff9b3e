#ifndef TOOLS_LOADLINE_DUET_PAIR_SAMPLE_H_
#define TOOLS_LOADLINE_DUET_PAIR_SAMPLE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "loadline/stats/interval.h"

namespace loadline::duet {

// What is asked about the time of an operation in a fresh process.
enum class Estimand {
  kTypical,  // of a typical slice: the median of those that nothing disturbed
  kMean,     // own time over operations, of all slices that are counted
  kLife,     // the same over everything the process ran, its long arm included
};
inline constexpr std::array kEstimands = {Estimand::kTypical, Estimand::kMean, Estimand::kLife};

// Two slices that belong together, one of each side.
struct SlicePair {
  double base_ns = 0;  // an operation
  double new_ns = 0;
  bool base_first = true;
  double base_operations = 1;
  double new_operations = 1;
};

// All that the two processes of a sample ran.
struct SampledSlices {
  std::vector<SlicePair> warm_up;  // counted by kLife alone
  std::vector<SlicePair> counted;
  std::vector<SlicePair> blocks;  // the long arm, after the others; empty: there was none
  bool counted_are_long = false;  // the counted slices are a long arm by themselves
};

// Time and operations.
struct Total {
  double ns = 0;
  double operations = 0;

  void Add(double ns_each, double count);
  void Add(const Total& more);
  double mean() const { return ns / operations; }
};

// One side of a sample.
struct SideSample {
  double typical_ns = 0;  // an operation
  Total counted;
  Total life;

  // The time of an operation by that estimand; 0 where nothing is known of it.
  double TimeOf(Estimand estimand) const;
};

// What two freshly started processes, one of each side, showed about one benchmark: a number for
// each estimand, ln(new / base), and inference is over these numbers.
struct PairSample {
  SideSample base;
  SideSample candidate;
  double typical_log_ratio = 0;
  size_t pairs = 0;               // of slices that nothing disturbed
  stats::Interval interval;       // of typical_log_ratio, from these slices alone: these layouts
  std::vector<SlicePair> blocks;  // of the long arm; empty: there was none, and no kLife
  double seconds = 0;             // that the sample took, start of the processes included
  double waited_seconds = 0;      // of these, for a processor that somebody else had

  // What counts against a budget.
  double charged_seconds() const { return std::max(0.0, seconds - waited_seconds); }

  bool is_long() const { return !blocks.empty(); }
  std::optional<double> LogRatio(Estimand estimand) const;
};

// The sample that these slices make; `seconds` and `waited_seconds` are not set.
//
// kTypical drops pairs that took unusually long together, by a rule that treats the sides alike, at
// most a quarter; the medians of pairs in which base went first and in which it went second count
// the same, so that going first is no advantage. kMean and kLife drop nothing: a cost of every
// thousandth operation is paid all the same, and what disturbs must be kept out by the clock.
// REQUIRES: counted slices, with positive times.
PairSample Summarize(SampledSlices slices);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_PAIR_SAMPLE_H_
