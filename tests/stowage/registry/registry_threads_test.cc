// Readers and writers together, for a thread sanitizer as much as for the answers.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/stowage/registry/registry_fixture.h"

namespace stowage {
namespace {

using testing::Name;
using testing::Project;

using RegistryThreads = testing::RegistryTest;

TEST_F(RegistryThreads, LetOnlyOneTakeAName) {
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> winners{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&] {
        const auto id = registry_->Register(Project("name " + std::to_string(round)));
        if (id.ok()) ++winners;
        EXPECT_TRUE(id.ok() || absl::IsAlreadyExists(id.status())) << id.status();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
  }
  EXPECT_EQ(registry_->Count(), 10u);
}

TEST_F(RegistryThreads, ReadWhatIsWholeWhileOthersChangeIt) {
  const ProjectId steady = Register("steady");
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto record = registry_->Get(steady);
        EXPECT_OK(record);
        // Both values are always set together.
        const ProjectMetadata& metadata = (*record)->metadata;
        if (!metadata.empty()) {
          EXPECT_EQ(metadata.at("a"), metadata.at("b"));
        }
        int64_t last = 0;
        for (const ProjectRecordPtr& each : registry_->List()) {
          EXPECT_GT(each->sequence, last);
          last = each->sequence;
        }
        EXPECT_LE(registry_->Count(), 5u);
      }
    });
  }
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string value = std::to_string(t * 100 + i);
        EXPECT_OK(registry_->UpdateMetadata(steady, {{"a", value}, {"b", value}}));
        const auto id = registry_->Register(Project("of " + std::to_string(t)));
        EXPECT_OK(id);
        EXPECT_OK(registry_->SetStatus(*id, ProjectStatus::kReady));
        EXPECT_OK(registry_->SetActive(*id));
        EXPECT_OK(registry_->Remove(*id));
      }
    });
  }
  for (std::thread& thread : writers) thread.join();
  stop = true;
  for (std::thread& thread : readers) thread.join();
  EXPECT_EQ(registry_->Count(), 1u);
  const RegistryStats stats = registry_->Stats();
  EXPECT_EQ(stats.changes, 1u + 4 * 25 * 5);
  EXPECT_LE(stats.commits, stats.changes);
}

}  // namespace
}  // namespace stowage
