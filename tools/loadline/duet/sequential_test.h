#ifndef TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_
#define TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tools/loadline/compare/paired.h"
#include "tools/loadline/duet/pair_sample.h"
#include "tools/loadline/duet/tail_evidence.h"

namespace loadline::duet {

struct TestTerms {
  double margin = 0.01;      // a fraction; of kMean and kLife at least 3 %
  double alpha = 0.01;       // to call one benchmark not worse, or not better
  double alpha_harm = 0.01;  // to call it worse, better, slower or faster: alpha over the number of
                             // benchmarks
  bool typical_only = false;  // nothing is asked of the other estimands
  size_t most_restarts = 200;
  // Of PairSample::charged_seconds, beside the first sample, which may make data that later ones
  // find. As many samples as the claims need are taken whatever it is.
  double budget_seconds = 10;
};

// What is taken of the wall clock, at most, whatever the claims need: ten budgets, and at least a
// minute. The first sample is not counted.
double HardLimitSeconds(double budget_seconds);

// How long a side's long arm is: a hundredth of the budget, within 40 to 100 ms.
double LongArmSeconds(double budget_seconds);

// The samples of one benchmark and what they decide so far. A plain value.
//
// Each estimand asks by itself whether the candidate is worse. So that one false claim among them
// has a chance of alpha_harm, kTypical has 0.55 of it, kMean and kLife 0.15 each, and the rest is
// TailEvidence's. Within the margin is only what is so by every estimand, each at alpha, and by the
// totals of all that was run: a cost so rare that few samples met it must not be proved away.
class SequentialTest {
 public:
  explicit SequentialTest(const TestTerms& terms);

  void Add(const PairSample& sample);

  // The next sample is to have a long arm: the typical time has been found the same or better, or
  // half of the budget is used and long arms have had less than half of the time.
  bool LongDue() const;

  // Both questions are answered - is the candidate worse by more than the margin, is it better - or
  // the samples or seconds are used up.
  bool Over() const { return Decided() || UsedUp(); }
  bool Decided() const;
  bool UsedUp() const;

  // P values over all estimands together that hold whenever they are looked at. Better is only what
  // is not worse by any estimand: until that is known PBetter is 1.
  double PWorse() const;
  double PBetter() const;
  // At alpha_harm.
  bool Worse() const { return PWorse() <= terms_.alpha_harm; }
  bool Better() const { return PBetter() <= terms_.alpha_harm; }
  bool Tail() const;
  bool NotWorse() const;
  bool NotBetter() const;

  const std::vector<PairSample>& samples() const { return samples_; }
  double seconds() const { return seconds_; }
  // The estimand that decides, or that is still open, and by it the Hodges-Lehmann estimate, as a
  // fraction of the base. 0 without samples.
  Estimand Shown() const;
  double Estimate() const;
  // How many operations of the candidate were sampled.
  double Operations() const;
  compare::PairedAnswer Answer() const;

 private:
  struct Series {
    std::vector<double> log_ratios;
    double limit = 0;  // ln(1 + margin)
    double share = 0;  // of alpha_harm

    double PAbove(double shift) const;  // of the whole alpha_harm
    double PBelow(double shift) const;
  };

  Series& Of(Estimand estimand) { return series_[static_cast<size_t>(estimand)]; }
  const Series& Of(Estimand estimand) const { return series_[static_cast<size_t>(estimand)]; }
  bool Asked(const Series& series) const { return series.share > 0; }
  // The smallest p value of "above" or "below" `margins` times an estimand's margin.
  double SmallestP(double sign, double margins) const;
  bool Within(const Series& series, double sign) const;
  bool EveryEstimandWithin(double sign) const;
  double PooledLogRatio() const;
  bool TypicalAnswered() const;
  bool HasEnough() const;
  bool OutOfBudget() const;
  bool Layout(double sign) const;
  std::string Seen() const;
  // "slow blocks are the candidate's in 10 of 10 samples; they add about 29 %", of Tail().
  std::string TailWords() const;

  TestTerms terms_;
  std::array<Series, kEstimands.size()> series_;
  TailEvidence tail_;
  std::vector<PairSample> samples_;
  double seconds_ = 0;
  double budgeted_wall_ = 0;
  double charged_ = 0;
  double charged_long_ = 0;
  size_t long_samples_ = 0;
};

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_
