#ifndef STOWAGE_CONTEXT_PRUNE_CHOICE_H_
#define STOWAGE_CONTEXT_PRUNE_CHOICE_H_

#include <cstdint>
#include <vector>

#include "stowage/context/project_context.h"

namespace stowage {

// What pruning looks at in a message.
struct PruneCandidate {
  int64_t sequence = 0;
  double importance = 0;
};

// The sequence numbers of the messages to remove so that rule.keep are left: first the one with
// the lowest importance, among equals the oldest; never the newest rule.keep_recent. `messages`
// are in order of sequence, and so is the answer. O(n).
std::vector<int64_t> ChoosePruned(const std::vector<PruneCandidate>& messages,
                                  const PruneRule& rule);

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_PRUNE_CHOICE_H_
