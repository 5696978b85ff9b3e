#ifndef TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_
#define TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/duet/pair_sample.h"

namespace loadline::duet {

// Whose the slow blocks are: a cost that most samples do not meet shows in no sample's mean, but
// where it does it is always the same side's.
//
// A block's difference d is new - base, an operation. It counts as slow when |d| is beyond four
// robust deviations of all differences so far, and beyond 3 % of a block. A sample's sum of slow
// differences has a sign; where nothing has changed either sign is as likely, whatever the sum's
// size, because the two processes could be exchanged. One sign a sample, for what happens within a
// process may hang together; samples without slow blocks say nothing. A plain value.
class TailEvidence {
 public:
  // The blocks of one sample's long arm, in the order of measurement; none: no evidence.
  void Add(absl::Span<const SlicePair> blocks);

  // Of "slow blocks are not more often the candidate's", always valid (stats/sign_evidence.h).
  double PWorse() const;
  // Samples with slow blocks, and those of them in which they are the candidate's.
  size_t samples() const { return sums_.size(); }
  size_t worse_samples() const;
  // What slow blocks add to the candidate's time, a fraction of the base's. 0 without blocks.
  double Contribution() const;

 private:
  std::vector<double> distances_;  // |d| of every block so far
  std::vector<double> sums_;       // of slow differences, of the samples that have any
  double base_ns_ = 0;             // over all blocks
};

struct TestTerms {
  double margin = 0.01;       // a fraction; of kMean and kLife at least 3 %
  double alpha = 0.01;        // to call one benchmark not worse, or not better
  double alpha_harm = 0.01;   // to call it worse, better, slower, faster: alpha / benchmarks
  bool typical_only = false;  // nothing is asked of the other estimands
  size_t most_restarts = 200;
  // Of PairSample::charged_seconds, beside the first sample, which may make data that later ones
  // find. As many samples as the claims need are taken whatever it is.
  double budget_seconds = 10;
};

// What is taken of the wall clock, at most, whatever the claims need, after the first sample: ten
// budgets, and at least a minute.
double HardLimitSeconds(double budget_seconds);

// How long a side's long arm is: a hundredth of the budget, within 40 to 100 ms.
double LongArmSeconds(double budget_seconds);

// The samples of one benchmark and what they decide so far. A plain value.
//
// Each estimand asks by itself whether the candidate is worse, and has a share of alpha_harm:
// kTypical 0.55, kMean and kLife 0.15 each, TailEvidence the rest. Within the margin is only what
// is so by every estimand, each at alpha, and by the totals of all that was run: a cost so rare
// that few samples met it must not be proved away.
class SequentialTest {
 public:
  explicit SequentialTest(const TestTerms& terms);

  void Add(const PairSample& sample);

  // The next sample is to have a long arm: the typical time has been found the same or better, or
  // half of the budget is used and long arms have had less than half of the time.
  bool LongDue() const;

  // It is known whether the candidate is worse by more than the margin, and whether it is better;
  // or the samples or seconds are used up.
  bool Over() const {
    return Decided() || samples_.size() >= terms_.most_restarts || OutOfBudget();
  }
  bool Decided() const;

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

  const TestTerms& terms() const { return terms_; }
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

    bool asked() const { return share > 0; }
    // P value of "above" (`sign` 1) or "below" (-1) so many margins on that side.
    double PBeyond(double sign, double margins) const;
  };

  Series& Of(Estimand estimand) { return series_[static_cast<size_t>(estimand)]; }
  const Series& Of(Estimand estimand) const { return series_[static_cast<size_t>(estimand)]; }
  double SmallestP(double sign, double margins) const;  // of PBeyond, of the whole alpha_harm
  bool Within(const Series& series, double sign) const;
  bool EveryEstimandWithin(double sign) const;
  double PooledLogRatio() const;
  bool TypicalAnswered() const;
  bool HasEnough() const;
  bool OutOfBudget() const;
  bool Layout(double sign) const;
  std::string Seen() const;

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
