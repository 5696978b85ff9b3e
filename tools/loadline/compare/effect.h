#ifndef TOOLS_LOADLINE_COMPARE_EFFECT_H_
#define TOOLS_LOADLINE_COMPARE_EFFECT_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/compare/verdict.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/policy/terms.h"

namespace loadline::compare {

// Two samples of one metric, one value a process, and what is asked about them.
struct EffectQuestion {
  absl::Span<const double> base;  // not empty; may hold any number; in order of measurement
  absl::Span<const double> candidate;
  policy::MetricTraits traits;
  policy::Terms terms;                   // an unknown direction is as lower is better
  std::optional<double> sigma_log;       // recorded spread between processes
  int64_t sigma_processes = 0;           // that it was recorded from; 0: it is taken for exact
  const PairedAnswer* paired = nullptr;  // values of both sides that belong together
};

// What an answer is held to.
struct EffectTest {
  double alpha = 0;   // one-sided, of the whole family
  size_t family = 1;  // of questions
  double rho = 0;     // by which successive values lean on each other
};

// Whether the question takes a test, and so is one of its family: its values vary, or the sides
// differ by something that a single value a side cannot show.
bool TakesATest(const EffectQuestion& question);

// Answers: fills in what is found out about `change`, but for what is adjusted, and for the
// finding, which is kIncomparable where the values are no numbers and otherwise left open.
//
// With three processes a side or more by stats::ShiftTest: of the logarithms, so that the change is
// a ratio. Where a value is zero or below there is no logarithm, and where the metric is a
// difference no percentage: the shift of the values themselves is held against the margin of the
// base's median. The margin is at least the metric's noise floor. Values that do not vary on either
// side are compared as they are where the metric is exact (of a single process only whole numbers
// are believed to be) and where all are the same.
//
// The interval is that of the means of the logarithms, unless ranks deny what it says: "not worse
// by more than the margin" needs both. What a claim rests on is what the interval shows.
//
// With fewer processes a recorded spread between them gives D +- t sqrt(sigma^2 / m + sigma^2 / n)
// around the median difference of logarithms D, by Student's t with the degrees of freedom of the
// recording; without one there is the ratio of medians and no interval. With more, no spread is
// taken for much smaller than the recorded one: not below the 5 % quantile of what a sample of it
// shows.
//
// What a duet has found out is taken over: its claims hold however long it went on, and at the
// level of its suite, and are not adjusted again.
void MeasureEffect(const EffectQuestion& question, const EffectTest& test, Change& change);

// How many processes a side call a true change of `change` (a fraction of the base, for the worse;
// absent: twice the margin) worse in stats::kPower of comparisons, at the spread within the samples
// or, where they are too few, at the recorded one. Absent where neither spread is known, where the
// change is not beyond the margin, and where values are no numbers.
std::optional<size_t> ProcessesToTell(const EffectQuestion& question, const EffectTest& test,
                                      std::optional<double> change);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_EFFECT_H_
