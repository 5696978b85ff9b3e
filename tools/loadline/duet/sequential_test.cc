#include "tools/loadline/duet/sequential_test.h"

#include <cmath>

#include "loadline/stats/sample.h"
#include "loadline/stats/sign_evidence.h"
#include "loadline/stats/signed_rank.h"

namespace loadline::duet {
namespace {

// A layout effect is one that is surely beyond twice the margin in at least so many samples, while
// as many read within the margin and surely below what most of the others are sure of.
constexpr size_t kFewestOfALayout = 3;
constexpr double kShareOfALayout = 0.2;

}  // namespace

void SequentialTest::Add(const PairSample& sample) {
  samples_.push_back(sample);
  log_ratios_.push_back(sample.log_ratio);
  seconds_ += sample.seconds;
  if (samples_.size() > 1) budgeted_seconds_ += sample.seconds;
}

double SequentialTest::PWorse() const {
  return stats::SignEvidenceGreater(log_ratios_, std::log1p(terms_.margin));
}
double SequentialTest::PBetter() const {
  return stats::SignEvidenceLess(log_ratios_, -std::log1p(terms_.margin));
}

bool SequentialTest::Decided() const {
  const double limit = std::log1p(terms_.margin);
  const bool worse = PWorse() <= terms_.alpha_harm;
  const bool better = PBetter() <= terms_.alpha_harm;
  const bool not_worse = stats::SignEvidenceLess(log_ratios_, limit) <= terms_.alpha;
  const bool not_better = stats::SignEvidenceGreater(log_ratios_, -limit) <= terms_.alpha;
  return worse || better || (not_worse && not_better);
}

bool SequentialTest::OutOfTime() const {
  if (budgeted_seconds_ < terms_.most_seconds) return false;
  // So many restarts would have decided if all had agreed.
  const std::vector<double> agreed(samples_.size(), 1);
  const bool enough = stats::SignEvidenceGreater(agreed, 0) <= terms_.alpha_harm;
  return enough || budgeted_seconds_ >= 2 * terms_.most_seconds;
}

bool SequentialTest::UsedUp() const {
  return samples_.size() >= terms_.most_restarts || OutOfTime();
}

double SequentialTest::Estimate() const {
  return samples_.empty() ? 0 : std::expm1(stats::HodgesLehmann(log_ratios_));
}

bool SequentialTest::Layout(double sign) const {
  const double limit = std::log1p(terms_.margin);
  std::vector<double> far;  // what those samples are sure of
  for (const PairSample& sample : samples_) {
    const double low = sign > 0 ? sample.interval.low : -sample.interval.high;
    if (low > 2 * limit) far.push_back(low);
  }
  if (far.empty()) return false;
  const double typical = stats::Median(far);
  size_t near = 0;
  for (const PairSample& sample : samples_) {
    const double high = sign > 0 ? sample.interval.high : -sample.interval.low;
    if (high < typical && sign * sample.log_ratio < limit) ++near;
  }
  const double share = kShareOfALayout * static_cast<double>(samples_.size());
  const auto enough = [&](size_t count) {
    return count >= kFewestOfALayout && static_cast<double>(count) >= share;
  };
  return enough(far.size()) && enough(near);
}

compare::PairedSeries SequentialTest::Series() const {
  const bool out_of_time = !Decided() && OutOfTime();
  return {.log_ratios = log_ratios_,
          .layout_worse = Layout(1),
          .layout_better = Layout(-1),
          .most_restarts = out_of_time ? samples_.size() : terms_.most_restarts};
}

}  // namespace loadline::duet
