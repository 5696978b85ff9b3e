#include "loadline/monitor/operation_recorder.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "loadline/platform/zero_pages.h"

namespace loadline {
namespace {

using Counter = std::atomic<uint64_t>;
// The pages of a stripe are counters as they come from the OS: never constructed, all bits zero.
static_assert(sizeof(Counter) == sizeof(uint64_t) && Counter::is_always_lock_free &&
              std::is_trivially_destructible_v<Counter>);

constexpr size_t kBlockBuckets = 512;
constexpr size_t kBlocks = (stats::LatencyBuckets::kCount + kBlockBuckets - 1) / kBlockBuckets;
static_assert(kBlocks <= 64);

}  // namespace

struct OperationRecorder::Stripe {
  // Which blocks of 512 buckets (a page) have been counted in: reading the others would map them.
  Counter used_blocks;
  Counter errors;
  Counter buckets[stats::LatencyBuckets::kCount];

  // Calls visit(bucket index, counter) for every bucket of a used block.
  template <typename Visit>
  void VisitUsed(Visit visit) {
    const uint64_t used = used_blocks.load(std::memory_order_relaxed);
    for (size_t block = 0; block < kBlocks; ++block) {
      if ((used >> block & 1) == 0) continue;
      const size_t end = std::min((block + 1) * kBlockBuckets, stats::LatencyBuckets::kCount);
      for (size_t i = block * kBlockBuckets; i < end; ++i) visit(i, buckets[i]);
    }
  }
};

OperationRecorder::OperationRecorder(std::string name, const Clock& clock, bool enabled)
    : name_(std::move(name)),
      clock_(&clock == &Clock::Real() ? nullptr : &clock),
      enabled_(enabled) {}

OperationRecorder::~OperationRecorder() {
  for (const std::atomic<Stripe*>& slot : stripes_) {
    Stripe* const stripe = slot.load(std::memory_order_relaxed);
    if (stripe != nullptr) platform::UnmapZeroPages(stripe, sizeof(Stripe));
  }
}

OperationRecorder::Stripe* OperationRecorder::StripeOfThisThread() {
  std::atomic<Stripe*>& slot = stripes_[StripedSharedMutex::ThreadStripe()];
  Stripe* stripe = slot.load(std::memory_order_acquire);
  if (stripe != nullptr) return stripe;
  Stripe* const fresh = static_cast<Stripe*>(platform::MapZeroPages(sizeof(Stripe)));
  if (fresh == nullptr) return nullptr;
  if (slot.compare_exchange_strong(stripe, fresh, std::memory_order_acq_rel)) return fresh;
  platform::UnmapZeroPages(fresh, sizeof(Stripe));  // another thread of this stripe was first
  return stripe;
}

void OperationRecorder::Record(int64_t nanos, bool failed) {
  Stripe* const stripe = StripeOfThisThread();
  if (stripe == nullptr) {
    unplaced_.fetch_add(1, std::memory_order_relaxed);
    if (failed) unplaced_errors_.fetch_add(1, std::memory_order_release);
    return;
  }
  const size_t index =
      stats::LatencyBuckets::IndexOf(static_cast<uint64_t>(std::max<int64_t>(nanos, 0)));
  const uint64_t block = uint64_t{1} << (index / kBlockBuckets);
  if ((stripe->used_blocks.load(std::memory_order_relaxed) & block) == 0) {
    stripe->used_blocks.fetch_or(block, std::memory_order_relaxed);
  }
  stripe->buckets[index].fetch_add(1, std::memory_order_relaxed);
  // Released after its count, so that a reader who sees the error sees the operation too.
  if (failed) stripe->errors.fetch_add(1, std::memory_order_release);
}

OperationCounts OperationRecorder::Read() const {
  OperationCounts counts;
  counts.buckets.resize(stats::LatencyBuckets::kCount, 0);
  counts.errors = unplaced_errors_.load(std::memory_order_acquire);
  counts.count = unplaced_.load(std::memory_order_relaxed);
  for (const std::atomic<Stripe*>& slot : stripes_) {
    Stripe* const stripe = slot.load(std::memory_order_acquire);
    if (stripe == nullptr) continue;
    counts.errors += stripe->errors.load(std::memory_order_acquire);
    stripe->VisitUsed([&counts](size_t i, const Counter& bucket) {
      const uint64_t count = bucket.load(std::memory_order_relaxed);
      counts.buckets[i] += count;
      counts.count += count;
    });
  }
  counts.errors = std::min(counts.errors, counts.count);
  return counts;
}

void OperationRecorder::Reset() {
  unplaced_errors_.store(0, std::memory_order_relaxed);
  unplaced_.store(0, std::memory_order_relaxed);
  for (const std::atomic<Stripe*>& slot : stripes_) {
    Stripe* const stripe = slot.load(std::memory_order_acquire);
    if (stripe == nullptr) continue;
    stripe->errors.store(0, std::memory_order_relaxed);
    stripe->VisitUsed([](size_t, Counter& bucket) { bucket.store(0, std::memory_order_relaxed); });
  }
}

}  // namespace loadline
