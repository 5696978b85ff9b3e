#include "stowage/vector/graph_trial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "absl/strings/str_format.h"
#include "loadline/base/crc32c.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/int8_code.h"

namespace stowage {
namespace {

// Of 128 queries one in thirty that goes wrong is missed once in 76 trials.
constexpr size_t kDrawn = 128;
constexpr size_t kFarApart = 32;

// The rows whose checksums are the smallest: an even draw, in which copies are one. A checksum
// covers a code's header, whose norms are those of the floats, so codes that cannot tell rows
// apart are told apart here.
std::vector<uint32_t> DrawDistinct(const CodeView& codes, uint32_t rows) {
  std::map<uint32_t, uint32_t> smallest;
  for (uint32_t slot = 0; slot < rows; ++slot) {
    const uint32_t sum = loadline::Crc32c(0, codes.code(slot), codes.stride);
    if (smallest.size() == kDrawn && sum >= smallest.rbegin()->first) continue;
    smallest.emplace(sum, slot);
    if (smallest.size() > kDrawn) smallest.erase(std::prev(smallest.end()));
  }
  std::vector<uint32_t> slots;
  for (const auto& [sum, slot] : smallest) slots.push_back(slot);
  return slots;
}

constexpr float kChosen = -std::numeric_limits<float>::infinity();

// Brings each row's distance to the nearest chosen one up to date; the row where it is largest. By
// its inner product a row may be far from itself: that it is chosen is marked, not measured.
uint32_t FarthestFrom(uint32_t chosen, Metric metric, const CodeView& codes,
                      std::vector<float>& nearest) {
  nearest[chosen] = kChosen;
  const size_t padded = codes.stride - sizeof(CodeHeader);
  const std::byte* const from = codes.code(chosen);
  for (uint32_t slot = 0; slot < nearest.size(); ++slot) {
    const std::byte* const to = codes.code(slot);
    const int32_t dot =
        ActiveKernels().dot_int8(CodesOf(from), CodesOf(to), padded, HeaderOf(to).sum);
    nearest[slot] =
        std::min(nearest[slot], CodeDistance(metric, HeaderOf(from), HeaderOf(to), dot));
  }
  return static_cast<uint32_t>(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
}

}  // namespace

std::string GraphVerdict::Describe() const {
  // Never rounded up: a recall that is too low would read like one that is not.
  return absl::StrFormat(
      "finds %.3f of the %d nearest of a sample of the store's own vectors, and nothing right for "
      "%d of %d queries; want %.3f and none",
      std::floor(recall * 1'000) / 1'000, kTrialNeighbors, lost, queries, kNeededRecall);
}

TrialRows ChooseTrialRows(const StoreConfig& config, const CodeView& codes, uint32_t rows,
                          const std::atomic<bool>& cancelled) {
  TrialRows chosen;
  if (rows == 0) return chosen;
  chosen.drawn = DrawDistinct(codes, rows);
  std::vector<float> nearest(rows, std::numeric_limits<float>::infinity());
  uint32_t next = chosen.drawn.front();
  const size_t count = std::min<size_t>(kFarApart, rows);
  while (chosen.far_apart.size() < count && !cancelled.load(std::memory_order_relaxed)) {
    chosen.far_apart.push_back(next);
    next = FarthestFrom(next, config.metric, codes, nearest);
  }
  return chosen;
}

void GraphTrial::Add(const std::vector<RankedRow>& exact, const std::vector<RankedRow>& found,
                     bool counts) {
  if (exact.empty()) return;
  const auto right =
      static_cast<size_t>(std::count_if(found.begin(), found.end(), [&](const RankedRow& row) {
        return row.distance <= exact.back().distance;
      }));
  ++queries_;
  if (right == 0) ++lost_;
  if (!counts) return;
  wanted_ += exact.size();
  right_ += std::min(right, exact.size());
}

GraphVerdict GraphTrial::verdict() const {
  GraphVerdict verdict{.recall = 1, .queries = queries_, .lost = lost_};
  if (wanted_ > 0) verdict.recall = static_cast<double>(right_) / static_cast<double>(wanted_);
  return verdict;
}

}  // namespace stowage
