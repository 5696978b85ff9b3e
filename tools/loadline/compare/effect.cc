#include "tools/loadline/compare/effect.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "loadline/stats/interval.h"
#include "loadline/stats/normal.h"
#include "loadline/stats/power.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/rank_sum.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/student.h"

namespace loadline::compare {
namespace {

constexpr size_t kMostProcessesAsked = 1000;

bool AllPositive(absl::Span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v > 0; });
}
bool Constant(absl::Span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
}
bool Whole(double value) { return std::trunc(value) == value; }

// One question on its way to an answer.
class Measurer {
 public:
  explicit Measurer(const EffectQuestion& question)
      : question_(question),
        sign_(question.direction == policy::Direction::kHigherIsBetter ? -1 : 1) {}

  Effect Measure() {
    Change& change = effect_.change;
    change.direction = question_.direction;
    change.margin = question_.margin;
    change.base_processes = question_.base.size();
    change.new_processes = question_.fresh.size();
    if (!stats::AllFinite(question_.base) || !stats::AllFinite(question_.fresh)) {
      change.finding = Finding::kIncomparable;
      change.reason = Reason::kNotFinite;
      return effect_;
    }
    base_median_ = stats::Median(question_.base);
    fresh_median_ = stats::Median(question_.fresh);
    change.base = base_median_;
    change.fresh = fresh_median_;
    if (question_.paired != nullptr) {
      ComparePairs(*question_.paired);
    } else if (IsExact()) {
      CompareExactly();
    } else {
      CompareSamples();
    }
    return effect_;
  }

  std::optional<size_t> ProcessesToTell(std::optional<double> change) {
    if (!stats::AllFinite(question_.base) || !stats::AllFinite(question_.fresh)) {
      return std::nullopt;
    }
    base_median_ = stats::Median(question_.base);
    SetScale();
    const double target = change.has_value() ? ShiftOf(*change) : 2 * limit_;
    if (!(target > limit_) || !(limit_ > 0)) return std::nullopt;
    uint64_t needed = stats::RankSumNeeded(base_, fresh_, limit_, question_.alpha, target);
    if (needed == UINT64_MAX && question_.sigma_log.has_value() && logarithmic_) {
      const double error_of_one = *question_.sigma_log * std::sqrt(2.0);
      const double reach = stats::NormalDetectableShift(error_of_one, 0, question_.alpha);
      const double processes = std::ceil(std::pow(reach / (target - limit_), 2));
      if (processes < 0x1p53) needed = static_cast<uint64_t>(std::max(1.0, processes));
    }
    if (needed == UINT64_MAX) return std::nullopt;
    return static_cast<size_t>(needed);
  }

 private:
  bool IsExact() const {
    if (!question_.exact || !Constant(question_.base) || !Constant(question_.fresh)) return false;
    const auto believed = [](absl::Span<const double> values) {
      return values.size() > 1 || Whole(values.front());
    };
    return believed(question_.base) && believed(question_.fresh);
  }

  void CompareExactly() {
    effect_.change.method = Method::kExact;
    effect_.evidence.testable = true;
    const double difference = sign_ * (fresh_median_ - base_median_);
    const double allowed = question_.margin * std::fabs(base_median_);
    effect_.evidence.worse = difference > allowed;
    effect_.evidence.better = -difference > allowed;
    effect_.evidence.not_worse = !effect_.evidence.worse;
    effect_.evidence.not_better = !effect_.evidence.better;
    effect_.evidence.p_better = effect_.evidence.better ? 0 : 1;
    if (const std::optional<double> ratio = RatioOfMedians(); ratio.has_value()) {
      effect_.change.change = ChangeInterval{*ratio, ratio, ratio};
    } else {
      effect_.change.reason = Reason::kFromZero;
    }
  }

  void SetScale() {
    logarithmic_ = AllPositive(question_.base) && AllPositive(question_.fresh);
    limit_ =
        logarithmic_ ? std::log1p(question_.margin) : question_.margin * std::fabs(base_median_);
    base_ = Oriented(question_.base);
    fresh_ = Oriented(question_.fresh);
  }

  void ComparePairs(const PairedAnswer& answer) {
    Change& change = effect_.change;
    change.method = Method::kPairedSigns;
    change.change = ChangeInterval{answer.estimate, answer.low, answer.high};
    change.p = answer.p_worse;
    change.detectable = answer.detectable;
    effect_.evidence = {.worse = answer.p_worse <= question_.alpha,
                        .not_worse = answer.not_worse,
                        .better = answer.p_better <= question_.alpha,
                        .not_better = answer.not_better,
                        .p_better = answer.p_better,
                        .testable = answer.low > -1,
                        .layout_worse = answer.layout_worse,
                        .layout_better = answer.layout_better};
  }

  void CompareSamples() {
    SetScale();
    effect_.evidence.testable = CanReachAlpha();
    if (effect_.evidence.testable) {
      TestRanks();
    } else if (question_.sigma_log.has_value() && logarithmic_) {
      UseRecordedSpread(*question_.sigma_log);
    } else {
      PointOnly();
    }
  }

  // On the scale that is compared on, so that more is worse.
  std::vector<double> Oriented(absl::Span<const double> values) const {
    std::vector<double> oriented(values.begin(), values.end());
    for (double& value : oriented) value = sign_ * (logarithmic_ ? std::log(value) : value);
    return oriented;
  }

  bool CanReachAlpha() const {
    return stats::RankNull::RankSum(base_.size(), fresh_.size())->CountWithin(question_.alpha) > 0;
  }

  void TestRanks() {
    Change& change = effect_.change;
    change.method = logarithmic_ ? Method::kRankSum : Method::kRankSumOfValues;
    const stats::Interval shift = stats::RankSumInterval(base_, fresh_, 1 - 2 * question_.alpha);
    SetChange(stats::HodgesLehmannShift(base_, fresh_), shift);
    change.p = stats::RankSumPValueGreater(base_, fresh_, limit_);
    effect_.evidence.p_better = stats::RankSumPValueLess(base_, fresh_, -limit_);
    const double detectable = stats::RankSumDetectableShift(base_, fresh_, limit_, question_.alpha);
    SetDetectable(detectable);
    Decide(shift);
  }

  void UseRecordedSpread(double sigma) {
    Change& change = effect_.change;
    change.method = Method::kNoise;
    effect_.evidence.testable = true;
    const double degrees = question_.sigma_processes > 1
                               ? static_cast<double>(question_.sigma_processes - 1)
                               : std::numeric_limits<double>::infinity();
    const double t = -stats::StudentQuantile(question_.alpha, degrees);
    const double error = sigma * std::sqrt(1 / static_cast<double>(base_.size()) +
                                           1 / static_cast<double>(fresh_.size()));
    const double shift = stats::HodgesLehmannShift(base_, fresh_);
    SetChange(shift, {shift - t * error, shift + t * error});
    const auto above = [&](double distance) {
      if (error == 0) return distance > 0 ? 0.0 : 1.0;
      return stats::StudentTail(distance / error, degrees);
    };
    change.p = above(shift - limit_);
    effect_.evidence.p_better = above(-shift - limit_);
    // What Student asks for beyond the normal distribution is to be overcome as well.
    const double beyond = (t + stats::NormalQuantile(question_.alpha)) * error;
    SetDetectable(stats::NormalDetectableShift(error, limit_, question_.alpha) + beyond);
    Decide({shift - t * error, shift + t * error});
  }

  void PointOnly() {
    Change& change = effect_.change;
    change.method = Method::kPoint;
    change.reason = Reason::kTooFewProcesses;
    if (const std::optional<double> ratio = RatioOfMedians(); ratio.has_value()) {
      change.change = ChangeInterval{*ratio, std::nullopt, std::nullopt};
    }
  }

  // Minus one; none where there is no such number.
  std::optional<double> RatioOfMedians() const {
    if (fresh_median_ == base_median_) return 0;
    const double ratio = (fresh_median_ - base_median_) / std::fabs(base_median_);
    if (!std::isfinite(ratio)) return std::nullopt;
    return ratio;
  }

  // A shift for the worse as a change of the value, a fraction of the base.
  double AsFraction(double shift) const {
    if (logarithmic_) return std::expm1(sign_ * shift);
    return sign_ * shift / std::fabs(base_median_);
  }

  // The opposite.
  double ShiftOf(double fraction) const {
    if (logarithmic_) return sign_ * std::log1p(fraction);
    return sign_ * fraction * std::fabs(base_median_);
  }

  // A base of zero has no fraction, and a fraction can be more than a double holds.
  void SetDetectable(double shift) {
    const double fraction = AsFraction(shift);
    if (std::isfinite(shift) && std::isfinite(fraction)) effect_.change.detectable = fraction;
  }

  void SetChange(double estimate, const stats::Interval& shift) {
    if (!logarithmic_ && base_median_ == 0) {
      if (estimate == 0 && shift.low == 0 && shift.high == 0) {
        effect_.change.change = ChangeInterval{0, 0, 0};
      } else {
        effect_.change.reason = Reason::kFromZero;
      }
      return;
    }
    const double one = AsFraction(shift.low);
    const double other = AsFraction(shift.high);
    effect_.change.change =
        ChangeInterval{AsFraction(estimate), std::min(one, other), std::max(one, other)};
  }

  void Decide(const stats::Interval& shift) {
    effect_.evidence.worse = shift.low > limit_;
    effect_.evidence.better = shift.high < -limit_;
    // Without a margin (the base is zero) no shift at all is within it.
    effect_.evidence.not_worse = limit_ > 0 ? shift.high < limit_ : shift.high <= 0;
    effect_.evidence.not_better = limit_ > 0 ? shift.low > -limit_ : shift.low >= 0;
  }

  const EffectQuestion& question_;
  const double sign_;
  Effect effect_;
  double base_median_ = 0;
  double fresh_median_ = 0;
  bool logarithmic_ = true;
  double limit_ = 0;
  std::vector<double> base_;
  std::vector<double> fresh_;
};

}  // namespace

Effect MeasureEffect(const EffectQuestion& question) { return Measurer(question).Measure(); }

std::optional<size_t> ProcessesToTell(const EffectQuestion& question,
                                      std::optional<double> change) {
  return Measurer(question).ProcessesToTell(change);
}

size_t ProcessesNeeded(double alpha) {
  size_t processes = 1;
  while (processes < kMostProcessesAsked &&
         stats::RankNull::RankSum(processes, processes)->CountWithin(alpha) == 0) {
    ++processes;
  }
  return processes;
}

}  // namespace loadline::compare
