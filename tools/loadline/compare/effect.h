#ifndef TOOLS_LOADLINE_COMPARE_EFFECT_H_
#define TOOLS_LOADLINE_COMPARE_EFFECT_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/policy/metric.h"

namespace loadline::compare {

// Two samples of one metric, one value a process, and what is asked about them.
struct EffectQuestion {
  absl::Span<const double> base;  // not empty; may hold any number
  absl::Span<const double> fresh;
  policy::Direction direction =
      policy::Direction::kUnknown;  // unknown is handled as lower is better
  bool exact = false;
  double margin = 0;
  double alpha = 0;                      // one-sided
  std::optional<double> sigma_log;       // recorded spread between processes
  int64_t sigma_processes = 0;           // that it was recorded from; 0: it is taken for exact
  const PairedAnswer* paired = nullptr;  // of `loadline duet`: is copied, and nothing is tested
};

// What the samples show by themselves, each wrong with a probability of at most alpha.
struct Evidence {
  bool worse = false;         // by more than the margin
  bool not_worse = false;     // by more than the margin
  bool better = false;        // by more than the margin
  bool not_better = false;    // by more than the margin
  double p_better = 1;        // of "not better by more than the margin"
  bool testable = false;      // there is enough for some difference to be called
  bool layout_worse = false;  // PairedAnswer
  bool layout_better = false;
};

struct Effect {
  // Everything but `metric`, `gated`, `p_adjusted` and the finding, which is kIncomparable where
  // the values are no numbers and otherwise still open.
  Change change;
  Evidence evidence;
};

// The shift of the logarithms, by Hodges and Lehmann, with the exact interval of the rank-sum test
// (Moses): a ratio. Where a value is zero or below there is no logarithm, and the shift of the
// values themselves is held against the margin of the base's median; where that median is zero,
// any shift is beyond every margin. Metrics that are exact and do not vary are compared as they
// are; of a single process only whole numbers are believed to be exact.
//
// With too few processes for the test, a recorded spread between processes gives
// D +- t sqrt(sigma^2 / m + sigma^2 / n) around the median difference of logarithms D, by Student's
// t with the degrees of freedom of the recording; without one there is the ratio of medians and no
// interval.
//
// What `loadline duet` found of samples of both sides together is copied: its answer is about a
// time, and about more than the medians in `base` and `fresh`.
Effect MeasureEffect(const EffectQuestion& question);

// How many processes a side call a true change of `change` (a fraction of the base, for the worse;
// absent: twice the margin) worse in stats::kPower of comparisons, at the spread within the samples
// or, where they are too few, at the recorded one. Absent where neither spread is known, where the
// change is not beyond the margin, and where values are no numbers.
std::optional<size_t> ProcessesToTell(const EffectQuestion& question, std::optional<double> change);

// The fewest processes a side with which the rank-sum test can reach `alpha` one-sided.
size_t ProcessesNeeded(double alpha);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_EFFECT_H_
