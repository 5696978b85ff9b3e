// What a durable registration costs, counted at SQLite's file layer.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/stowage/registry/registry_fixture.h"
#include "tests/support/fault_vfs.h"

namespace stowage {
namespace {

using testing::Project;

// A registry whose log has been begun: beginning one, at the first write after opening and after
// each checkpoint, costs a sync of its header.
class RegistrySyncs : public ::testing::Test {
 protected:
  RegistrySyncs() : directory_(*loadline::Directory::Open(dir_.path())) {
    auto registry = ProjectRegistry::Open(*directory_);
    EXPECT_OK(registry);
    registry_ = *std::move(registry);
    EXPECT_OK(registry_->Register(Project("first")));
    log_syncs_ = vfs_.log_syncs();
    file_syncs_ = vfs_.file_syncs();
  }
  int LogSyncs() const { return vfs_.log_syncs() - log_syncs_; }
  int FileSyncs() const { return vfs_.file_syncs() - file_syncs_; }

  loadline::testing::FaultVfs vfs_;
  loadline::testing::TempDir dir_;
  std::unique_ptr<loadline::Directory> directory_;
  std::unique_ptr<ProjectRegistry> registry_;
  int log_syncs_ = 0;
  int file_syncs_ = 0;
};

TEST_F(RegistrySyncs, AreOneForEachRegistration) {
  constexpr int kCreates = 40;  // few enough that the log need not be folded
  for (int i = 0; i < kCreates; ++i) ASSERT_OK(registry_->Register(Project(std::to_string(i))));
  EXPECT_EQ(LogSyncs(), kCreates);
  EXPECT_EQ(FileSyncs(), 0);
}

TEST_F(RegistrySyncs, AreOneForEachRegistrationAndThreeForEachCheckpoint) {
  constexpr int kCreates = 1'000;
  for (int i = 0; i < kCreates; ++i) ASSERT_OK(registry_->Register(Project(std::to_string(i))));
  // A checkpoint syncs the log, then the file that it was folded into; the log is begun anew by the
  // next write, with a sync of its header.
  const int checkpoints = FileSyncs();
  EXPECT_GT(checkpoints, 0);
  EXPECT_GE(LogSyncs(), kCreates + 2 * checkpoints - 1);
  EXPECT_LE(LogSyncs(), kCreates + 2 * checkpoints);
}

TEST_F(RegistrySyncs, AreOneForEveryOtherChange) {
  const ProjectId id = (*registry_->FindByName(testing::Name("first")))->id;
  ASSERT_OK(registry_->UpdateMetadata(id, {{"a", "b"}}));
  ASSERT_OK(registry_->SetStatus(id, ProjectStatus::kReady));
  ASSERT_OK(registry_->SetActive(id));
  ASSERT_OK(registry_->Remove(id));
  EXPECT_EQ(LogSyncs(), 4);
  EXPECT_EQ(FileSyncs(), 0);
}

TEST_F(RegistrySyncs, AreNoneForWhatIsRefused) {
  EXPECT_FALSE(registry_->Register(Project("first")).ok());
  EXPECT_FALSE(registry_->Remove(*ProjectId::Generate()).ok());
  EXPECT_EQ(LogSyncs() + FileSyncs(), 0);
}

TEST_F(RegistrySyncs, AreSharedByThreadsThatRegisterTogether) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  const RegistryStats before = registry_->Stats();
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ++ready;
      while (ready < kThreads) std::this_thread::yield();
      for (int i = 0; i < kEach; ++i) {
        EXPECT_OK(registry_->Register(Project(std::to_string(t * kEach + i))));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const RegistryStats after = registry_->Stats();
  EXPECT_EQ(after.changes - before.changes, uint64_t{kThreads * kEach});
  EXPECT_EQ(LogSyncs() - 2 * FileSyncs(), static_cast<int>(after.commits - before.commits));
  EXPECT_LT(after.commits - before.commits, uint64_t{kThreads * kEach});
}

}  // namespace
}  // namespace stowage
