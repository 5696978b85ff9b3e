#ifndef TOOLS_LOADLINE_DUET_TAIL_EVIDENCE_H_
#define TOOLS_LOADLINE_DUET_TAIL_EVIDENCE_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
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

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_TAIL_EVIDENCE_H_
