#include "tools/loadline/duet/sequential_test.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/sign_evidence.h"
#include "loadline/stats/signed_rank.h"

namespace loadline::duet {
namespace {

// A mean holds what a median leaves out, and its noise.
constexpr double kLeastMarginOfAMean = 0.03;
// Of alpha_harm. More for the typical time, which is where most changes show first.
constexpr double kTypicalShare = 0.55;
constexpr double kOtherShare = 0.15;  // of kMean, kLife and the tail, each

// A layout effect is one that is surely beyond twice the margin in at least so many samples, while
// as many read within the margin and surely below what most of the others are sure of.
constexpr size_t kFewestOfALayout = 3;
constexpr double kShareOfALayout = 0.2;

constexpr double kSlowDeviations = 4;
constexpr double kNormalDeviationPerMad = 1.4826;
constexpr double kSlowShareOfABlock = 0.03;

constexpr const char* kNames[] = {"typical", "mean", "life"};  // of the estimands

// 123456 as "120,000".
std::string Rounded(double count) {
  double unit = 1;
  while (count / unit >= 100) unit *= 10;
  std::string digits = absl::StrFormat("%.0f", std::round(count / unit) * unit);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace

// The threshold may depend on the past and on what exchanging the sides leaves as it is, and on
// nothing else: else a side's own slowness would choose what counts.
void TailEvidence::Add(absl::Span<const SlicePair> blocks) {
  if (blocks.empty()) return;
  double both = 0;
  for (const SlicePair& block : blocks) {
    distances_.push_back(std::fabs(block.new_ns - block.base_ns));
    base_ns_ += block.base_ns;
    both += block.base_ns + block.new_ns;
  }
  const double block_ns = both / 2 / static_cast<double>(blocks.size());
  const double threshold =
      std::max(kSlowDeviations * kNormalDeviationPerMad * stats::Median(distances_),
               kSlowShareOfABlock * block_ns);
  double sum = 0;
  for (const SlicePair& block : blocks) {
    const double difference = block.new_ns - block.base_ns;
    if (std::fabs(difference) > threshold) sum += difference;
  }
  if (sum != 0) sums_.push_back(sum);
}

double TailEvidence::PWorse() const { return stats::SignEvidenceGreater(sums_, 0); }

size_t TailEvidence::worse_samples() const {
  return static_cast<size_t>(
      std::count_if(sums_.begin(), sums_.end(), [](double sum) { return sum > 0; }));
}

double TailEvidence::Contribution() const {
  return base_ns_ > 0 ? std::accumulate(sums_.begin(), sums_.end(), 0.0) / base_ns_ : 0;
}

double HardLimitSeconds(double budget_seconds) { return std::max(10 * budget_seconds, 60.0); }

double LongArmSeconds(double budget_seconds) { return std::clamp(budget_seconds / 100, 0.04, 0.1); }

double SequentialTest::Series::PBeyond(double sign, double margins) const {
  const double shift = sign * margins * limit;
  return sign > 0 ? stats::SignEvidenceGreater(log_ratios, shift)
                  : stats::SignEvidenceLess(log_ratios, shift);
}

SequentialTest::SequentialTest(const TestTerms& terms) : terms_(terms) {
  const double mean_limit = std::log1p(std::max(terms.margin, kLeastMarginOfAMean));
  const double share = terms.typical_only ? 0 : kOtherShare;
  series_ = {Series{{}, std::log1p(terms.margin), terms.typical_only ? 1 : kTypicalShare},
             Series{{}, mean_limit, share}, Series{{}, mean_limit, share}};
}

void SequentialTest::Add(const PairSample& sample) {
  seconds_ += sample.seconds;
  if (!samples_.empty()) {
    budgeted_wall_ += sample.seconds;
    charged_ += sample.charged_seconds();
    if (sample.is_long()) charged_long_ += sample.charged_seconds();
  }
  if (sample.is_long()) ++long_samples_;
  for (const Estimand estimand : kEstimands) {
    const std::optional<double> log_ratio = sample.LogRatio(estimand);
    if (log_ratio.has_value()) Of(estimand).log_ratios.push_back(*log_ratio);
  }
  tail_.Add(sample.blocks);
  samples_.push_back(sample);
}

double SequentialTest::SmallestP(double sign, double margins) const {
  double smallest = 1;
  for (const Series& series : series_) {
    if (series.asked()) smallest = std::min(smallest, series.PBeyond(sign, margins) / series.share);
  }
  return smallest;
}

double SequentialTest::PWorse() const { return SmallestP(1, 1); }
double SequentialTest::PBetter() const { return EveryEstimandWithin(1) ? SmallestP(-1, 1) : 1; }

bool SequentialTest::Within(const Series& series, double sign) const {
  return series.PBeyond(-sign, -1) <= terms_.alpha;
}

// ln(new / base) of the totals of all that was run.
double SequentialTest::PooledLogRatio() const {
  Total base, candidate;
  for (const PairSample& sample : samples_) {
    base.Add(sample.base.life);
    candidate.Add(sample.candidate.life);
  }
  return std::log(candidate.mean() / base.mean());
}

bool SequentialTest::EveryEstimandWithin(double sign) const {
  for (const Series& series : series_) {
    if (series.asked() && !Within(series, sign)) return false;
  }
  if (terms_.typical_only) return true;
  return sign * PooledLogRatio() <= Of(Estimand::kLife).limit;
}

bool SequentialTest::NotWorse() const { return EveryEstimandWithin(1) && !Worse(); }
bool SequentialTest::NotBetter() const { return EveryEstimandWithin(-1); }

bool SequentialTest::Tail() const {
  if (terms_.typical_only || Worse() || NotWorse()) return false;
  return tail_.PWorse() <= kOtherShare * terms_.alpha_harm;
}

bool SequentialTest::Decided() const { return Worse() || Better() || (NotWorse() && NotBetter()); }

bool SequentialTest::TypicalAnswered() const {
  const Series& typical = Of(Estimand::kTypical);
  return (Within(typical, 1) && Within(typical, -1)) ||
         typical.PBeyond(-1, 1) / typical.share <= terms_.alpha_harm;
}

bool SequentialTest::LongDue() const {
  if (terms_.typical_only) return false;
  if (TypicalAnswered()) return true;
  return charged_ >= terms_.budget_seconds / 2 && charged_long_ < charged_ / 2;
}

// So many samples would have decided if all had agreed.
bool SequentialTest::HasEnough() const {
  const double strictest = (terms_.typical_only ? 1 : kOtherShare) * terms_.alpha_harm;
  if (samples_.size() < stats::SignEvidenceNeeded(std::min(strictest, terms_.alpha))) return false;
  return terms_.typical_only || !TypicalAnswered() ||
         long_samples_ >= stats::SignEvidenceNeeded(terms_.alpha);
}

bool SequentialTest::OutOfBudget() const {
  return (charged_ >= terms_.budget_seconds && HasEnough()) ||
         budgeted_wall_ >= HardLimitSeconds(terms_.budget_seconds);
}

Estimand SequentialTest::Shown() const {
  for (const double margins : {1, 0}) {
    for (const double sign : {1, -1}) {
      if (sign < 0 && !EveryEstimandWithin(1)) continue;
      for (const Estimand estimand : kEstimands) {
        const Series& series = Of(estimand);
        if (!series.asked()) continue;
        if (series.PBeyond(sign, margins) / series.share <= terms_.alpha_harm) return estimand;
      }
    }
  }
  const auto open = [&](Estimand estimand) {
    return Of(estimand).asked() && !(Within(Of(estimand), 1) && Within(Of(estimand), -1));
  };
  if (open(Estimand::kTypical)) return Estimand::kTypical;
  const bool life_known = long_samples_ >= stats::SignEvidenceNeeded(terms_.alpha);
  if (life_known && open(Estimand::kLife)) return Estimand::kLife;
  return open(Estimand::kMean) ? Estimand::kMean : Estimand::kTypical;
}

double SequentialTest::Estimate() const {
  return samples_.empty() ? 0 : std::expm1(stats::HodgesLehmann(Of(Shown()).log_ratios));
}

bool SequentialTest::Layout(double sign) const {
  const double limit = Of(Estimand::kTypical).limit;
  std::vector<double> far;  // what those samples are sure of
  for (const PairSample& sample : samples_) {
    const double low = sign > 0 ? sample.interval.low : -sample.interval.high;
    if (low > 2 * limit) far.push_back(low);
  }
  if (far.empty()) return false;
  const double most = stats::Median(far);
  size_t near = 0;
  for (const PairSample& sample : samples_) {
    const double high = sign > 0 ? sample.interval.high : -sample.interval.low;
    if (high < most && sign * sample.typical_log_ratio < limit) ++near;
  }
  const double share = kShareOfALayout * static_cast<double>(samples_.size());
  const auto enough = [&](size_t count) {
    return count >= kFewestOfALayout && static_cast<double>(count) >= share;
  };
  return enough(far.size()) && enough(near);
}

double SequentialTest::Operations() const {
  double operations = 0;
  for (const PairSample& sample : samples_) operations += sample.candidate.life.operations;
  return operations;
}

// Of n operations without a cost, with 95 % confidence, fewer than 3 / n have it.
std::string SequentialTest::Seen() const {
  double longest = 0;
  for (const PairSample& sample : samples_) {
    longest = std::max(longest, sample.candidate.life.operations);
  }
  std::string text;
  if (Tail()) {
    text = absl::StrFormat(
        "slow blocks are the candidate's in %d of %d samples; they add about %.2g %%; ",
        tail_.worse_samples(), tail_.samples(), 100 * tail_.Contribution());
  }
  return absl::StrCat(text, "mean over the first ", Rounded(longest), " operations of a process, ",
                      Rounded(Operations()), " sampled in all; a cost rarer than one in ",
                      Rounded(Operations() / 3), " may have been missed");
}

compare::PairedAnswer SequentialTest::Answer() const {
  compare::PairedAnswer answer;
  if (samples_.empty()) return answer;
  const Estimand shown = Shown();
  const std::vector<double>& values = Of(shown).log_ratios;
  const stats::Interval interval = stats::SignEvidenceInterval(values, terms_.alpha);
  answer.estimand = kNames[static_cast<size_t>(shown)];
  answer.estimate =
      std::expm1(std::clamp(stats::HodgesLehmann(values), interval.low, interval.high));
  answer.low = std::expm1(interval.low);
  answer.high = std::expm1(interval.high);
  answer.p_worse = PWorse();
  answer.p_better = PBetter();
  answer.worse = Worse();
  answer.better = Better() && !answer.worse;
  answer.not_worse = NotWorse();
  answer.not_better = NotBetter() && !answer.better;
  answer.slower = SmallestP(1, 0) <= terms_.alpha_harm;
  answer.faster = !answer.slower && answer.not_worse && SmallestP(-1, 0) <= terms_.alpha_harm;
  answer.tail = Tail();
  answer.layout_worse = Layout(1);
  answer.layout_better = Layout(-1);
  const Series& typical = Of(Estimand::kTypical);
  const size_t most = !Decided() && OutOfBudget() ? samples_.size() : terms_.most_restarts;
  const double detectable = std::expm1(stats::SignEvidenceDetectable(
      typical.log_ratios, typical.limit, typical.share * terms_.alpha_harm,
      std::max(samples_.size(), most)));
  if (std::isfinite(detectable)) answer.detectable = detectable;
  answer.seen = Seen();
  return answer;
}

}  // namespace loadline::duet
