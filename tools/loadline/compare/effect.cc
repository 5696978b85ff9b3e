#include "tools/loadline/compare/effect.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "loadline/stats/chi_square.h"
#include "loadline/stats/interval.h"
#include "loadline/stats/power.h"
#include "loadline/stats/rank_sum.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/shift_test.h"
#include "loadline/stats/student.h"

namespace loadline::compare {
namespace {

using policy::Direction;
using stats::Interval;

constexpr double kLeastOfASpread = 0.05;  // the quantile of what a sample shows of a known spread

bool AllPositive(absl::Span<const double> values) {
  return absl::c_all_of(values, [](double v) { return v > 0; });
}
bool Constant(absl::Span<const double> values) {
  return absl::c_all_of(values, [&](double v) { return v == values.front(); });
}
bool AllFinite(const EffectQuestion& question) {
  return stats::AllFinite(question.base) && stats::AllFinite(question.candidate);
}
size_t FewerProcesses(const EffectQuestion& question) {
  return std::min(question.base.size(), question.candidate.size());
}
bool HasSpread(const EffectQuestion& question) {
  return FewerProcesses(question) >= stats::kFewestForASpread;
}

bool IsExact(const EffectQuestion& question) {
  if (!Constant(question.base) || !Constant(question.candidate)) return false;
  const double base = question.base.front();
  const double candidate = question.candidate.front();
  if (base == candidate && FewerProcesses(question) > 1) return true;
  const auto is_whole = [](double value) { return std::trunc(value) == value; };
  return question.traits.exact && (question.base.size() > 1 || is_whole(base)) &&
         (question.candidate.size() > 1 || is_whole(candidate));
}

// One question on its way to an answer. Shifts have the scale that is compared on, so that more is
// worse.
class Measurer {
 public:
  Measurer(const EffectQuestion& question, const EffectTest& test, Change& change)
      : question_(question),
        test_(test),
        change_(change),
        sign_(question.terms.direction == Direction::kHigherIsBetter ? -1 : 1) {}

  void Measure() {
    if (!AllFinite(question_)) {
      change_.finding = Finding::kIncomparable;
      change_.reason = Reason::kNotFinite;
      return;
    }
    SetScale();
    change_.base = base_median_;
    change_.candidate = candidate_median_;
    if (question_.paired != nullptr) {
      ComparePairs(*question_.paired);
    } else if (IsExact(question_)) {
      CompareExactly();
    } else if (HasSpread(question_)) {
      TestShift();
    } else if (question_.sigma_log.has_value() && logarithmic_) {
      UseRecordedSpread(*question_.sigma_log);
    } else {
      PointOnly();
    }
  }

  std::optional<size_t> ProcessesToTell(std::optional<double> change) {
    if (!AllFinite(question_)) return std::nullopt;
    SetScale();
    const double target = change.has_value() ? sign_ * ShiftOf(*change) : 2 * limit_;
    if (!(target > limit_) || !(limit_ > 0)) return std::nullopt;
    double deviation = question_.sigma_log.value_or(0);
    if (HasSpread(question_)) {
      deviation = std::sqrt((stats::Variance(base_) + stats::Variance(candidate_)) / 2);
    } else if (!question_.sigma_log.has_value() || !logarithmic_) {
      return std::nullopt;
    }
    return stats::ShiftTestNeeded(deviation, target - limit_, test_.family, test_.alpha, Doubt());
  }

 private:
  void SetScale() {
    base_median_ = stats::Median(question_.base);
    candidate_median_ = stats::Median(question_.candidate);
    const double size = std::fabs(base_median_);
    absolute_ = question_.traits.difference || base_median_ == 0;
    logarithmic_ = !absolute_ && AllPositive(question_.base) && AllPositive(question_.candidate);
    double margin = question_.terms.margin;
    if (absolute_) {
      margin = std::max(margin * size, question_.traits.floor);
    } else if (question_.traits.floor > 0) {
      margin = std::max(margin, question_.traits.floor / size);
    }
    limit_ = ShiftOf(margin);
    change_.margin = margin;
    const std::optional<double> guard = absolute_ ? std::nullopt : question_.terms.guard;
    change_.guard = guard.value_or(policy::kGuardMargins * margin);
    base_ = Oriented(question_.base);
    candidate_ = Oriented(question_.candidate);
  }

  // What a claim from few processes must show beyond the margin: a factor of 1.5.
  double Doubt() const { return logarithmic_ ? std::log(1.5) : 0.5 * std::fabs(base_median_); }

  std::vector<double> Oriented(absl::Span<const double> values) const {
    std::vector<double> oriented(values.begin(), values.end());
    for (double& value : oriented) value = sign_ * (logarithmic_ ? std::log(value) : value);
    return oriented;
  }

  // `p(sign, limit)`: of the claim that the shift, times the sign, is above the limit.
  template <typename P>
  void SetClaims(double limit, P p) {
    change_.claims = {{.worse = {.p = p(1, limit)},
                       .better = {.p = p(-1, limit)},
                       .at_all_worse = {.p = p(1, 0)},
                       .at_all_better = {.p = p(-1, 0)}}};
  }

  void CompareExactly() {
    change_.method = Method::kExact;
    logarithmic_ = false;
    const double difference = sign_ * (candidate_median_ - base_median_);
    const double allowed = ShiftOf(change_.margin);
    SetClaims(allowed,
              [&](double sign, double limit) { return sign * difference > limit ? 0.0 : 1.0; });
    change_.not_worse = difference <= allowed;
    change_.not_better = -difference <= allowed;
    SetChange(difference, {difference, difference});
  }

  void TestShift() {
    change_.method = logarithmic_ ? Method::kShift : Method::kShiftOfValues;
    const stats::ShiftTest test(base_, candidate_,
                                {.alpha = test_.alpha,
                                 .family = test_.family,
                                 .base_variance_floor = VarianceFloor(base_.size()),
                                 .changed_variance_floor = VarianceFloor(candidate_.size()),
                                 .rho = test_.rho,
                                 .doubt = Doubt()});
    SetClaims(limit_, [&](double sign, double limit) {
      return sign > 0 ? test.PGreater(limit) : test.PLess(-limit);
    });
    const Interval means = test.OfMeans();
    const Interval ranks = test.OfRanks();
    Bound(means, ranks);
    SetChange(test.Estimate(), Shown(means, ranks));
    SetDetectable(test.Detectable(limit_));
  }

  void Bound(const Interval& means, const Interval& ranks) {
    const double high = std::max(means.high, ranks.high);
    const double low = std::min(means.low, ranks.low);
    // Without a margin (the base is zero) no shift at all is within it.
    change_.not_worse = limit_ > 0 ? high < limit_ : high <= 0;
    change_.not_better = limit_ > 0 ? low > -limit_ : low >= 0;
  }

  // The bounds of the means; those of the ranks where a claim rests on these, and where these alone
  // keep a claim from being made.
  Interval Shown(const Interval& means, const Interval& ranks) const {
    const double level = test_.alpha / static_cast<double>(test_.family);
    Interval shown = means;
    if (std::isinf(ranks.high) || (means.high < limit_ && !change_.not_worse)) {
      shown.high = std::max(means.high, ranks.high);
    }
    if (std::isinf(ranks.low) || (means.low > -limit_ && !change_.not_better)) {
      shown.low = std::min(means.low, ranks.low);
    }
    if (change_.claims->at_all_worse.p <= level) shown.low = std::max(means.low, ranks.low);
    if (change_.claims->at_all_better.p <= level) shown.high = std::min(means.high, ranks.high);
    return shown;
  }

  // What `processes` values of the recorded spread show at least, in 95 % of samples.
  double VarianceFloor(size_t processes) const {
    if (!question_.sigma_log.has_value() || !logarithmic_) return 0;
    const auto degrees = static_cast<double>(processes - 1);
    return *question_.sigma_log * *question_.sigma_log *
           stats::ChiSquareQuantile(kLeastOfASpread, degrees) / degrees;
  }

  void UseRecordedSpread(double sigma) {
    change_.method = Method::kNoise;
    const double degrees = question_.sigma_processes > 1
                               ? static_cast<double>(question_.sigma_processes - 1)
                               : std::numeric_limits<double>::infinity();
    const double error = sigma * std::sqrt(1 / static_cast<double>(base_.size()) +
                                           1 / static_cast<double>(candidate_.size()));
    const double shift = stats::HodgesLehmannShift(base_, candidate_);
    SetClaims(limit_, [&](double sign, double limit) {
      const double beyond = sign * shift - limit;
      if (error == 0) return beyond > 0 ? 0.0 : 1.0;
      return stats::StudentTail(beyond / error, degrees);
    });
    const double half = -stats::StudentQuantile(test_.alpha, degrees) * error;
    const Interval interval{shift - half, shift + half};
    Bound(interval, interval);
    SetChange(shift, interval);
    const double tail = test_.alpha / static_cast<double>(test_.family);
    const double t = -stats::StudentQuantile(tail, degrees);
    SetDetectable(limit_ + stats::ReachOfKnown(t, std::numeric_limits<double>::infinity()) * error);
  }

  void PointOnly() {
    change_.method = Method::kPoint;
    change_.reason = Reason::kTooFewProcesses;
    if (absolute_) return;
    const double ratio = (candidate_median_ - base_median_) / std::fabs(base_median_);
    if (!std::isfinite(ratio)) return;
    change_.change = ChangeInterval{.estimate = ratio, .low = {}, .high = {}};
  }

  void ComparePairs(const PairedAnswer& answer) {
    change_.method = Method::kPairedSigns;
    change_.change =
        ChangeInterval{.estimate = answer.estimate, .low = answer.low, .high = answer.high};
    const auto claim = [](double p, bool claimed) -> Change::Claim {
      return {.p = p, .adjusted = claimed ? 0.0 : 1.0};
    };
    change_.claims = {{.worse = claim(answer.p_worse, answer.worse),
                       .better = claim(answer.p_better, answer.better),
                       .at_all_worse = claim(answer.slower ? 0 : 1, answer.slower),
                       .at_all_better = claim(answer.faster ? 0 : 1, answer.faster)}};
    change_.not_worse = answer.not_worse;
    change_.not_better = answer.not_better;
    change_.tail = answer.tail;
    change_.layout = answer.layout_worse || answer.layout_better;
    change_.detectable = answer.detectable;
    change_.seen = answer.estimand == "typical"
                       ? answer.seen
                       : absl::StrCat("by the ", answer.estimand, "; ", answer.seen);
  }

  // A shift for the worse as a change of the value: a fraction of the base, or in the unit.
  double AsChange(double shift) const {
    if (logarithmic_) return std::expm1(sign_ * shift);
    return absolute_ ? sign_ * shift : sign_ * shift / std::fabs(base_median_);
  }

  // The opposite, but for the sign.
  double ShiftOf(double change) const {
    if (logarithmic_) return std::log1p(change);
    return absolute_ ? change : change * std::fabs(base_median_);
  }

  // A fraction can be more than a double holds.
  void SetDetectable(double shift) {
    const double change = AsChange(shift);
    if (std::isfinite(shift) && std::isfinite(change)) change_.detectable = change;
  }

  void SetChange(double estimate, const Interval& shift) {
    const double one = AsChange(shift.low);
    const double other = AsChange(shift.high);
    change_.change = ChangeInterval{.estimate = AsChange(estimate),
                                    .low = std::min(one, other),
                                    .high = std::max(one, other),
                                    .absolute = absolute_};
  }

  const EffectQuestion& question_;
  const EffectTest& test_;
  Change& change_;
  const double sign_;
  double base_median_ = 0;
  double candidate_median_ = 0;
  bool logarithmic_ = true;
  bool absolute_ = false;
  double limit_ = 0;
  std::vector<double> base_;
  std::vector<double> candidate_;
};

}  // namespace

bool TakesATest(const EffectQuestion& question) {
  if (!AllFinite(question) || IsExact(question)) return false;
  return question.paired != nullptr || question.sigma_log.has_value() || HasSpread(question);
}

void MeasureEffect(const EffectQuestion& question, const EffectTest& test, Change& change) {
  Measurer(question, test, change).Measure();
}

std::optional<size_t> ProcessesToTell(const EffectQuestion& question, const EffectTest& test,
                                      std::optional<double> change) {
  Change unused;
  return Measurer(question, test, unused).ProcessesToTell(change);
}

}  // namespace loadline::compare
