#ifndef TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_
#define TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tools/loadline/compare/paired.h"
#include "tools/loadline/duet/pair_sample.h"

namespace loadline::duet {

struct TestTerms {
  double margin = 0.01;      // a fraction
  double alpha = 0.01;       // to call one benchmark not worse, or not better
  double alpha_harm = 0.01;  // to call it worse, or better: alpha over the number of benchmarks
  size_t most_restarts = 200;
  // Beside the first sample, which may make data that later ones find. Restarts that take too long
  // for as many as any decision needs get twice as much.
  double most_seconds = 10;
};

// The restarts of one benchmark and what they decide so far. A plain value.
class SequentialTest {
 public:
  explicit SequentialTest(const TestTerms& terms) : terms_(terms) {}

  void Add(const PairSample& sample);

  // Both questions are answered - is new worse by more than the margin, is it better - or the
  // restarts or seconds are used up.
  bool Over() const { return Decided() || UsedUp(); }
  bool Decided() const;
  bool UsedUp() const;
  // P values that hold whenever they are looked at (stats/sign_evidence.h).
  double PWorse() const;
  double PBetter() const;

  const std::vector<PairSample>& samples() const { return samples_; }
  double seconds() const { return seconds_; }
  // The Hodges-Lehmann estimate, as a fraction of the base. 0 without restarts.
  double Estimate() const;
  compare::PairedSeries Series() const;

 private:
  bool OutOfTime() const;
  bool Layout(double sign) const;

  TestTerms terms_;
  std::vector<PairSample> samples_;
  std::vector<double> log_ratios_;
  double seconds_ = 0;
  double budgeted_seconds_ = 0;
};

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_SEQUENTIAL_TEST_H_
