// This program's allocator refuses what it is told to, so that memory ends where a test wants it.

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

#include "stowage/vector/vector_index.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace {
std::atomic<std::size_t> refused_bytes{SIZE_MAX};
}  // namespace

// Not inline: gcc would see a call of new whose memory free() gives back.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (size != refused_bytes) {
    if (void* const memory = std::malloc(size)) return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace stowage {
namespace {

using ::loadline::testing::StatusIs;

// Lets nobody have a block of this size while it lives.
class Refusal {
 public:
  explicit Refusal(size_t bytes) { refused_bytes = bytes; }
  ~Refusal() { refused_bytes = SIZE_MAX; }
  Refusal(const Refusal&) = delete;
  Refusal& operator=(const Refusal&) = delete;
};

TEST(GraphMemory, AGraphWhoseTrialFindsNoMemoryIsGivenUp) {
  constexpr size_t kRows = 2'501;  // nothing but a trial takes a float for each of so many
  testing::ClusteredVectors vectors(16, 10, 1);
  VectorIndexOptions options;
  options.graph_min_count = 2'200;
  options.graph.ef_construction = 20;
  VectorIndex index({.dimension = 16, .metric = Metric::kCosine}, options);
  auto staged = index.Stage(vectors.NextEntries(0, kRows));
  ASSERT_OK(staged);
  index.Publish(*std::move(staged));
  {
    const loadline::testing::QuietLog quiet;
    const Refusal refusal(kRows * sizeof(float));
    const std::atomic<bool> cancelled{false};
    index.RunIndexing(cancelled);
  }
  EXPECT_THAT(index.graph_status(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(index.counts().indexed, 0U);
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_EQ(index.Search(vectors.Next(), 10, {}).size(), 10U);
}

}  // namespace
}  // namespace stowage
