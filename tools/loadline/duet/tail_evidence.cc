#include "tools/loadline/duet/tail_evidence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "loadline/stats/sample.h"
#include "loadline/stats/sign_evidence.h"

namespace loadline::duet {
namespace {

constexpr double kSlowDeviations = 4;
constexpr double kNormalDeviationPerMad = 1.4826;
constexpr double kSlowShareOfABlock = 0.03;

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

}  // namespace loadline::duet
