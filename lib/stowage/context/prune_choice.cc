#include "stowage/context/prune_choice.h"

#include <algorithm>

namespace stowage {

std::vector<int64_t> ChoosePruned(const std::vector<PruneCandidate>& messages,
                                  const PruneRule& rule) {
  if (messages.size() <= rule.keep) return {};
  const size_t remove = messages.size() - rule.keep;
  const size_t protected_newest = std::min(rule.keep_recent, rule.keep);
  std::vector<PruneCandidate> candidates(messages.begin(),
                                         messages.end() - static_cast<ptrdiff_t>(protected_newest));
  const auto last = candidates.begin() + static_cast<ptrdiff_t>(remove);
  const auto goes_first = [](const PruneCandidate& a, const PruneCandidate& b) {
    return a.importance != b.importance ? a.importance < b.importance : a.sequence < b.sequence;
  };
  if (last != candidates.end())
    std::nth_element(candidates.begin(), last, candidates.end(), goes_first);

  std::vector<int64_t> pruned;
  pruned.reserve(remove);
  for (auto it = candidates.begin(); it != last; ++it) pruned.push_back(it->sequence);
  std::sort(pruned.begin(), pruned.end());
  return pruned;
}

}  // namespace stowage
