#include "stowage/workspace/project_removal.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "stowage/workspace/workspace.h"
#include "tests/stowage/workspace/interrupted_file_system.h"
#include "tests/stowage/workspace/workspace_fixture.h"

namespace stowage {
namespace {

using loadline::testing::StatusIs;
using loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// More than any removal or recovery here makes; a loop that gets there has a defect.
constexpr int kTooMany = 1'000;

// A workspace with two projects, copied for each experiment.
class ProjectRemovalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto workspace = Workspace::Open(seed_.path());
    ASSERT_OK(workspace);
    doomed_ = MakeProject(**workspace, "doomed");
    other_ = MakeProject(**workspace, "other");
    ASSERT_OK((*workspace)->SwitchProject(*doomed_));
  }

  static void CopyTo(const TempDir& from, const TempDir& to) {
    std::filesystem::copy(from.path(), to.path(), std::filesystem::copy_options::recursive);
  }

  // Runs `work` in a process of its own; its exit code.
  template <typename Work>
  static int InChild(Work work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int state = 0;
    EXPECT_EQ(::waitpid(child, &state, 0), child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
  }

  TempDir seed_;
  std::optional<ProjectId> doomed_;
  std::optional<ProjectId> other_;
};

TEST_F(ProjectRemovalTest, TakesRecordContextAndVectorsAndTheActiveProject) {
  const auto workspace = Workspace::Open(seed_.path());
  ASSERT_OK(workspace);
  ASSERT_OK((*workspace)->RemoveProject(*doomed_));
  ExpectGone(**workspace, *doomed_);
  ExpectNoTrace(seed_, *doomed_);
  ExpectWhole(**workspace, *other_);
  EXPECT_EQ((*workspace)->registry().GetActive(), std::nullopt);
  EXPECT_EQ((*workspace)->contexts().active(), std::nullopt);
  EXPECT_THAT((*workspace)->RemoveProject(*doomed_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK((*workspace)
                ->registry()
                .Register({.name = *ProjectName::Parse("doomed"), .source_path = "/"}));
}

TEST_F(ProjectRemovalTest, TakesAProjectThatNeverWroteAnything) {
  const auto workspace = Workspace::Open(seed_.path());
  ASSERT_OK(workspace);
  const auto id =
      (*workspace)->registry().Register({.name = *ProjectName::Parse("empty"), .source_path = "/"});
  ASSERT_OK(id);
  EXPECT_OK((*workspace)->RemoveProject(*id));
  ExpectGone(**workspace, *id);
}

TEST_F(ProjectRemovalTest, AKillAtAnyFileCallLeavesTheProjectWholeOrGone) {
  int killed_before = 0;
  int killed_after = 0;
  for (int nth = 1;; ++nth) {
    ASSERT_LT(nth, kTooMany);
    TempDir temp;
    CopyTo(seed_, temp);
    const int exit_code = InChild([&] {
      InterruptedFileSystem fs;
      WorkspaceOptions options;
      options.fs = &fs;
      auto workspace = Workspace::Open(temp.path(), options);
      if (!workspace.ok()) return 1;
      fs.Arm(nth, InterruptedFileSystem::kKill);
      return (*workspace)->RemoveProject(*doomed_).ok() ? 0 : 2;
    });
    ASSERT_TRUE(exit_code == 0 || exit_code == InterruptedFileSystem::kKilled) << exit_code;
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    ExpectWhole(**workspace, *other_);
    if (exit_code != 0 && (*workspace)->registry().Contains(*doomed_)) {
      ExpectWhole(**workspace, *doomed_);
      ++killed_before;
    } else {
      ExpectGone(**workspace, *doomed_);
      ExpectNoTrace(temp, *doomed_);
      EXPECT_THAT((*workspace)->recovery().unfinished, IsEmpty());
      killed_after += exit_code != 0 ? 1 : 0;
    }
    if (exit_code == 0) break;
  }
  EXPECT_GT(killed_after, 5);
  EXPECT_EQ(killed_before, 0) << "the first step touches no file but registry.db";
}

TEST_F(ProjectRemovalTest, AKillAtAnyFileCallOfTheRecoveryIsRecoveredFrom) {
  {
    const auto workspace = Workspace::Open(seed_.path());
    ASSERT_OK(workspace);
    ASSERT_OK((*workspace)->registry().SetStatus(*doomed_, ProjectStatus::kRemoving));
  }
  for (int nth = 1;; ++nth) {
    ASSERT_LT(nth, kTooMany);
    TempDir temp;
    CopyTo(seed_, temp);
    const int exit_code = InChild([&] {
      InterruptedFileSystem fs;
      fs.Arm(nth, InterruptedFileSystem::kKill);
      WorkspaceOptions options;
      options.fs = &fs;
      return Workspace::Open(temp.path(), options).ok() ? 0 : 2;
    });
    ASSERT_TRUE(exit_code == 0 || exit_code == InterruptedFileSystem::kKilled) << exit_code;
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    ExpectGone(**workspace, *doomed_);
    ExpectNoTrace(temp, *doomed_);
    ExpectWhole(**workspace, *other_);
    if (exit_code == 0) break;
  }
}

TEST_F(ProjectRemovalTest, AnErrorAtAnyFileCallIsFinishedByTheNextTry) {
  for (const int error : {EIO, ENOSPC}) {
    bool fired = true;
    for (int nth = 1; fired; ++nth) {
      ASSERT_LT(nth, kTooMany);
      TempDir temp;
      CopyTo(seed_, temp);
      InterruptedFileSystem fs;
      WorkspaceOptions options;
      options.fs = &fs;
      {
        auto workspace = Workspace::Open(temp.path(), options);
        ASSERT_OK(workspace);
        fs.Arm(nth, error);
        const absl::Status removed = (*workspace)->RemoveProject(*doomed_);
        fired = fs.Fired();
        fs.Disarm();
        ExpectGone(**workspace, *doomed_);
        ExpectWhole(**workspace, *other_);
        // A removal that stopped can be called again, one that ended knows no project.
        const absl::Status again = (*workspace)->RemoveProject(*doomed_);
        EXPECT_THAT(again,
                    StatusIs(removed.ok() ? absl::StatusCode::kNotFound : absl::StatusCode::kOk))
            << "after " << removed;
      }
      const auto workspace = Workspace::Open(temp.path());
      ASSERT_OK(workspace);
      ExpectGone(**workspace, *doomed_);
      ExpectNoTrace(temp, *doomed_);
    }
  }
}

TEST_F(ProjectRemovalTest, AnErrorAtAnyFileCallOfTheRecoveryHidesTheProjectAllTheSame) {
  {
    const auto workspace = Workspace::Open(seed_.path());
    ASSERT_OK(workspace);
    ASSERT_OK((*workspace)->registry().SetStatus(*doomed_, ProjectStatus::kRemoving));
  }
  bool fired = true;
  int unfinished = 0;
  for (int nth = 1; fired; ++nth) {
    ASSERT_LT(nth, kTooMany);
    TempDir temp;
    CopyTo(seed_, temp);
    {
      InterruptedFileSystem fs;
      fs.Arm(nth, EIO);
      WorkspaceOptions options;
      options.fs = &fs;
      const auto workspace = Workspace::Open(temp.path(), options);
      fired = fs.Fired();
      fs.Disarm();
      if (workspace.ok()) {
        ExpectGone(**workspace, *doomed_);
        if (!(*workspace)->recovery().unfinished.empty()) {
          ++unfinished;
          EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kCheap).state, HealthState::kDegraded);
        }
      }
    }
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    ExpectGone(**workspace, *doomed_);
    ExpectNoTrace(temp, *doomed_);
    ExpectWhole(**workspace, *other_);
  }
  EXPECT_GT(unfinished, 0);
}

TEST_F(ProjectRemovalTest, ReportsWhatTheRecoveryDid) {
  {
    const auto workspace = Workspace::Open(seed_.path());
    ASSERT_OK(workspace);
    ASSERT_OK((*workspace)->registry().SetStatus(*doomed_, ProjectStatus::kRemoving));
  }
  seed_.WriteFile("trash/00000000000000000000000000000001/left/over", "x");
  const auto workspace = Workspace::Open(seed_.path());
  ASSERT_OK(workspace);
  EXPECT_THAT((*workspace)->recovery().removals_finished, ElementsAre(*doomed_));
  EXPECT_EQ((*workspace)->recovery().trash_swept, 2u);
  EXPECT_TRUE(std::filesystem::is_empty(seed_.Path("trash")));
}

TEST_F(ProjectRemovalTest, RunningOperationsSeeOnlySuccessOrNotFound) {
  const auto opened = Workspace::Open(seed_.path());
  ASSERT_OK(opened);
  Workspace& workspace = **opened;
  for (int round = 0; round < 5; ++round) {
    const ProjectId id = MakeProject(workspace, "round " + std::to_string(round));
    std::atomic<bool> stop{false};
    std::atomic<int> started{0};
    std::vector<std::string> wrong(3);
    const auto hammer = [&](size_t thread, auto operation) {
      bool first = true;
      while (!stop) {
        const absl::Status status = operation();
        if (!status.ok() && !absl::IsNotFound(status)) wrong[thread] = status.ToString();
        if (first) ++started;
        first = false;
      }
    };
    std::vector<std::thread> threads;
    threads.emplace_back([&] {
      hammer(0, [&] { return workspace.contexts().Append(id, {.text = "x"}).status(); });
    });
    threads.emplace_back([&] {
      const float query[] = {1, 2};
      hammer(1, [&] { return workspace.vectors().Search(id, query, 1).status(); });
    });
    threads.emplace_back([&] { hammer(2, [&] { return workspace.SwitchProject(id); }); });
    while (started < 3) std::this_thread::yield();
    EXPECT_OK(workspace.RemoveProject(id));
    stop = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(wrong, ElementsAre("", "", ""));
    ExpectGone(workspace, id);
    ExpectNoTrace(seed_, id);
    EXPECT_NE(workspace.contexts().active(), id);
    EXPECT_NE(workspace.registry().GetActive(), id);
  }
}

}  // namespace
}  // namespace stowage
