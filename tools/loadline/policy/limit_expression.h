#ifndef TOOLS_LOADLINE_POLICY_LIMIT_EXPRESSION_H_
#define TOOLS_LOADLINE_POLICY_LIMIT_EXPRESSION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/policy/quantity.h"

namespace loadline::policy {

enum class Statistic { kMax, kMin, kMedian, kMean, kQuantile, kRate };
enum class Comparison { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

// "p95(init_ready_ns) < 5s": a statistic of a counter held against a mark.
struct LimitExpression {
  Statistic statistic = Statistic::kMax;
  double quantile = 0.5;  // of kQuantile, in (0, 1); the median's where it is kMedian
  std::string counter;    // of kRate: "success"
  Unit unit;              // what one of the counter is; percent for a rate
  Comparison comparison = Comparison::kLess;
  double mark = 0;   // bytes, nanoseconds, percent or a number
  std::string text;  // as it was written

  // True when the mark is an upper one, so that the largest value is the worst.
  bool upper() const;
  // Whether the mark holds for `value`; false when it is not finite.
  bool Holds(double value) const;
  // The statistic of the values of one benchmark, which are as `mark` is. REQUIRES: not empty,
  // finite, not kRate.
  double Evaluate(absl::Span<const double> values) const;
};

// The expression, or what is wrong with it and at which byte.
struct ParsedLimit {
  std::optional<LimitExpression> expression;
  std::string error;
  size_t error_offset = 0;
};

// STAT(COUNTER) OP VALUE[UNIT]. STAT: max min median mean, pNN (p50 is the 0.50 quantile, p999 the
// 0.999), or rate, whose only counter is success. OP: < <= > >=. The unit must be of the counter's
// dimension; without one the value is in the counter's own unit. `unit` is that of a counter whose
// name says none; null: not known, and VALUE has no unit. Never fails in another way.
ParsedLimit ParseLimitExpression(absl::string_view text, const Unit* unit = nullptr);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_LIMIT_EXPRESSION_H_
