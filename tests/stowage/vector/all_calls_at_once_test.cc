#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "stowage/vector/vector_store_manager.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/store_fixture.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

// Everything at once in stores that are searched in different ways, of which two are open at a time
// in little memory, while a project's store comes and goes. With LOADLINE_DEEP in the environment
// by eight threads for a minute: for ThreadSanitizer.
class AllCallsAtOnce : public testing::StoreFixture {
 protected:
  struct Store {
    StoreConfig config;
    ProjectId id;
  };

  void MakeStores() {
    const StoreConfig configs[] = {
        {.dimension = 16, .metric = Metric::kCosine},
        {.dimension = 64, .metric = Metric::kSquaredL2},
        {.dimension = 64, .metric = Metric::kInnerProduct, .index = IndexKind::kGraph}};
    for (const StoreConfig& config : configs) {
      stores_.push_back({config, NewStore("p" + std::to_string(stores_.size()), config)});
      testing::ClusteredVectors vectors(config.dimension, 5, 1);
      ASSERT_OK(manager_->Add(stores_.back().id, vectors.NextEntries(0, 400)));
    }
  }

  // A store that was just dropped is not found, and little memory may be too little.
  static void ExpectUsable(const absl::Status& status) {
    EXPECT_TRUE(status.ok() || absl::IsNotFound(status) || absl::IsAlreadyExists(status) ||
                absl::IsResourceExhausted(status))
        << status;
  }

  void CallSomething(const Store& store, std::mt19937& random, uint64_t fresh_ids) {
    testing::ClusteredVectors vectors(store.config.dimension, 5, static_cast<uint32_t>(random()));
    switch (random() % 10) {
      case 0:
        return ExpectUsable(manager_->Add(store.id, vectors.NextEntries(fresh_ids, 20)));
      case 1:
        return ExpectUsable(manager_->Upsert(store.id, vectors.NextEntries(random() % 300, 40)));
      case 2:
        return ExpectUsable(manager_->RemoveByFile(store.id, "src/file2.cc").status());
      case 3:
        return ExpectUsable(manager_->CheckStore(store.id, random() % 2 == 0));
      case 4:
        ExpectUsable(manager_->Get(store.id, random() % 300).status());
        return ExpectUsable(manager_->Stats(store.id).status());
      case 5:
        return ExpectUsable(manager_->Release(store.id));
      case 6: {
        std::vector<float> queries = vectors.Next();
        const std::vector<float> second = vectors.Next();
        queries.insert(queries.end(), second.begin(), second.end());
        return ExpectUsable(manager_->SearchBatch(store.id, queries, 5).status());
      }
      default:
        for (const double target : {0.0, 0.99, 1.0}) {
          ExpectUsable(manager_->Search(store.id, vectors.Next(), 10, {}, {.target_recall = target})
                           .status());
        }
    }
  }

  std::vector<Store> stores_;
};

TEST_F(AllCallsAtOnce, LeaveEveryStoreWhole) {
  const loadline::testing::QuietLog quiet;
  const bool deep = std::getenv("LOADLINE_DEEP") != nullptr;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  OpenManager({.max_open = 2, .memory_budget_bytes = 6'000'000});
  MakeStores();
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < (deep ? 8 : 4); ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937 random(thread);
      for (uint64_t round = 0; deep ? std::chrono::steady_clock::now() < end : round < 60;
           ++round) {
        const Store& store = stores_[random() % stores_.size()];
        CallSomething(store, random, 1'000 + thread * 10'000'000 + round * 100);
        if (thread != 0 || round % 20 != 0) continue;
        ExpectUsable(manager_->Drop(store.id));
        ExpectUsable(manager_->Create(store.id, store.config));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  manager_->WaitUntilIndexed();
  EXPECT_EQ(manager_->Stats().pinned, 0U);
  for (const Store& store : stores_) EXPECT_OK(manager_->CheckStore(store.id, true));
}

}  // namespace
}  // namespace stowage
