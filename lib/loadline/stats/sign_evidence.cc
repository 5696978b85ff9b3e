#include "loadline/stats/sign_evidence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "loadline/stats/power.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/signed_rank.h"

namespace loadline::stats {
namespace {

struct Bettor {
  double stake;
  double log_win;
  double log_loss;
};
Bettor MakeBettor(double stake, double lambda) {
  return {stake, std::log1p(lambda), std::log1p(-lambda)};
}

// ln E after so many values above and not above.
double LogEvidence(uint64_t wins, uint64_t losses) {
  static const Bettor kBold = MakeBettor(0.6, 0.9);
  static const Bettor kCautious = MakeBettor(0.4, 0.5);
  const auto log_of = [&](const Bettor& bettor) {
    return std::log(bettor.stake) + static_cast<double>(wins) * bettor.log_win +
           static_cast<double>(losses) * bettor.log_loss;
  };
  const double bold = log_of(kBold);
  const double cautious = log_of(kCautious);
  return std::max(bold, cautious) + std::log1p(std::exp(-std::fabs(bold - cautious)));
}

template <typename Wins>
double Evidence(absl::Span<const double> values, Wins is_win) {
  uint64_t wins = 0;
  uint64_t losses = 0;
  double largest = 0;
  for (const double value : values) {
    ++(is_win(value) ? wins : losses);
    largest = std::max(largest, LogEvidence(wins, losses));
  }
  return std::exp(-largest);
}

// A product that misses 1 / alpha by a billionth of itself has reached it.
bool Reaches(uint64_t wins, uint64_t losses, double alpha) {
  return LogEvidence(wins, losses) >= -std::log(alpha) - 1e-9;
}

}  // namespace

double SignEvidenceGreater(absl::Span<const double> values, double shift) {
  return Evidence(values, [&](double value) { return std::isfinite(value) && value > shift; });
}

double SignEvidenceLess(absl::Span<const double> values, double shift) {
  return Evidence(values, [&](double value) { return std::isfinite(value) && value < shift; });
}

// Between two neighbouring values no shift makes a difference, and evidence can only fall as the
// shift moves towards what is claimed: so each bound is a value, found by halving.
Interval SignEvidenceInterval(absl::Span<const double> values, double alpha) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (std::isfinite(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  Interval interval;
  if (SignEvidenceGreater(values, interval.low) <= alpha) {
    interval.low = *std::partition_point(sorted.begin(), sorted.end(), [&](double value) {
      return SignEvidenceGreater(values, value) <= alpha;
    });
  }
  if (SignEvidenceLess(values, interval.high) <= alpha) {
    interval.high = *std::partition_point(sorted.rbegin(), sorted.rend(), [&](double value) {
      return SignEvidenceLess(values, value) <= alpha;
    });
  }
  if (interval.low > interval.high) std::swap(interval.low, interval.high);
  return interval;
}

uint64_t SignEvidenceNeeded(double alpha) {
  uint64_t count = 1;
  while (!Reaches(count, 0, alpha)) ++count;
  return count;
}

// Follows the number of losses value by value; series that have reached alpha leave.
double SignEvidencePower(double above, double alpha, uint64_t count) {
  std::vector<double> at(count + 1, 0.0);  // by losses so far
  at[0] = 1;
  double reached = 0;
  for (uint64_t n = 1; n <= count; ++n) {
    for (uint64_t losses = n; losses > 0; --losses) {
      at[losses] = at[losses] * above + at[losses - 1] * (1 - above);
    }
    at[0] *= above;
    for (uint64_t losses = 0; losses <= n; ++losses) {
      if (!Reaches(n - losses, losses, alpha)) break;
      reached += at[losses];
      at[losses] = 0;
    }
  }
  return reached;
}

double SignEvidenceDetectable(absl::Span<const double> values, double margin, double alpha,
                              uint64_t count) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  if (values.size() < 3 || !AllFinite(values) || count < SignEvidenceNeeded(alpha)) return kNever;
  double low = 0.5;
  double high = 1;
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (SignEvidencePower(middle, alpha, count) >= kPower ? high : low) = middle;
  }
  const double centre = HodgesLehmann(values);
  std::vector<double> below;  // how far each lies under the centre
  below.reserve(values.size());
  for (const double value : values) below.push_back(centre - value);
  // A share `high` of all values is to lie above the margin.
  return margin + std::max(0.0, Quantile(below, high));
}

}  // namespace loadline::stats
