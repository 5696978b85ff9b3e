#include "stowage/vector/exact_scan.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "stowage/vector/distance.h"

namespace stowage {
namespace {

// Whether sums of floats for this pair of norms could leave the range of a float. By Cauchy and
// Schwarz no partial sum of |q_i x_i| is above |q| |x|, and none of (q_i - x_i)^2 above
// (|q| + |x|)^2.
bool MayOverflow(const RowTable& rows, const EncodedQuery& query) {
  constexpr double kLimit = 1e37;
  const double other = rows.max_norm();
  if (rows.config().metric == Metric::kSquaredL2) {
    return (query.norm + other) * (query.norm + other) > kLimit;
  }
  return query.norm * other > kLimit;
}

float Saturated(double distance) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(distance, -kLargest, kLargest));
}

// Under kCosine rounding must not take a distance out of [0, 2].
float InRange(Metric metric, float distance) {
  return metric == Metric::kCosine ? std::clamp(distance, 0.0F, 2.0F) : distance;
}

float DistanceInFloat(const RowTable& rows, const EncodedQuery& query, uint32_t slot) {
  const size_t n = rows.config().dimension;
  const DistanceKernels& kernels = ActiveKernels();
  if (rows.config().metric == Metric::kSquaredL2) {
    return kernels.squared_l2(query.values.data(), rows.values(slot), n);
  }
  const float dot = kernels.dot(query.values.data(), rows.values(slot), n);
  return InRange(rows.config().metric, 1 - dot * rows.meta(slot).factor);
}

float DistanceInDouble(const RowTable& rows, const EncodedQuery& query, uint32_t slot) {
  const size_t n = rows.config().dimension;
  const float* const row = rows.values(slot);
  if (rows.config().metric == Metric::kSquaredL2) {
    return Saturated(SquaredL2InDouble(query.values.data(), row, n));
  }
  const double dot = DotInDouble(query.values.data(), row, n);
  return InRange(rows.config().metric, Saturated(1 - dot * double{rows.meta(slot).factor}));
}

// One scan of a run of slots. Rows go through in groups: first which of them count, then the dot
// products of their codes together, then the bound of each.
class Scan {
 public:
  Scan(const RowTable& rows, const EncodedQuery& query, const RowFilter& filter, TopK& top)
      : rows_(rows),
        query_(query),
        filter_(filter),
        top_(top),
        every_row_counts_(filter.all && rows.dead_count() == 0) {}

  void InDouble(uint32_t first, uint32_t last) {
    for (uint32_t slot = first; slot < last; ++slot) {
      if (Counts(slot)) Offer(slot, DistanceInDouble(rows_, query_, slot));
    }
  }

  void ByCodes(uint32_t first, uint32_t last) {
    Group groups[2];
    Group* current = &groups[0];
    Group* next = &groups[1];
    first = Fill(first, last, *current);
    while (current->count > 0) {
      first = Fill(first, last, *next);
      Rank(*current);
      std::swap(current, next);
    }
  }

 private:
  static constexpr size_t kGroup = 32;
  struct Group {
    size_t count = 0;
    uint32_t slots[kGroup];
    const int8_t* codes[kGroup];
  };

  bool Counts(uint32_t slot) const {
    if (every_row_counts_) return true;
    const RowMeta& meta = rows_.meta(slot);
    return !meta.dead && filter_.Matches(meta);
  }

  void Offer(uint32_t slot, float distance) {
    if (distance <= top_.limit()) top_.Offer({distance, rows_.meta(slot).id, slot});
  }

  // Takes the next rows that count, and asks for their codes: the hardware's own prefetching
  // starts anew at each page, which is each tenth row.
  uint32_t Fill(uint32_t slot, uint32_t last, Group& group) const {
    const size_t bytes = CodeBytes(rows_.config().dimension);
    group.count = 0;
    for (; slot < last && group.count < kGroup; ++slot) {
      if (!Counts(slot)) continue;
      const std::byte* const code = rows_.code(slot);
      for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(code + i);
      group.slots[group.count] = slot;
      group.codes[group.count] = CodesOf(code);
      ++group.count;
    }
    return slot;
  }

  void Rank(const Group& group) {
    const Metric metric = rows_.config().metric;
    const CodeHeader& of_query = HeaderOf(query_.code_bytes());
    int32_t dots[kGroup];
    ActiveKernels().dot_int8_rows(CodesOf(query_.code_bytes()), of_query.sum, group.codes,
                                  group.count, PaddedDimension(rows_.config().dimension), dots);
    for (size_t i = 0; i < group.count; ++i) {
      const uint32_t slot = group.slots[i];
      const CodeHeader& of_row = HeaderOf(rows_.code(slot));
      const float lowest = InRange(metric, CodeDistance(metric, of_query, of_row, dots[i]) -
                                               CodeDistanceError(metric, of_query, of_row));
      if (lowest <= top_.limit()) Offer(slot, DistanceInFloat(rows_, query_, slot));
    }
  }

  const RowTable& rows_;
  const EncodedQuery& query_;
  const RowFilter& filter_;
  TopK& top_;
  const bool every_row_counts_;
};

}  // namespace

float ExactDistance(const RowTable& rows, const EncodedQuery& query, uint32_t slot) {
  return MayOverflow(rows, query) ? DistanceInDouble(rows, query, slot)
                                  : DistanceInFloat(rows, query, slot);
}

void ScanRows(const RowTable& rows, const EncodedQuery& query, const RowFilter& filter,
              uint32_t first, uint32_t last, TopK& top) {
  Scan scan(rows, query, filter, top);
  if (MayOverflow(rows, query)) {
    scan.InDouble(first, last);
  } else {
    scan.ByCodes(first, last);
  }
}

}  // namespace stowage
