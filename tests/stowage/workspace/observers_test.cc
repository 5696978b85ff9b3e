// Code of the host that runs within our calls: observers and the log's sink. Whatever it does, it
// runs outside locks, and what it throws stops nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "loadline/base/log.h"
#include "tests/stowage/workspace/workspace_fixture.h"
#include "tests/support/ends_in_time.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/quiet_log.h"

namespace stowage {
namespace {

using loadline::testing::ExpectToEnd;
using loadline::testing::QuietLog;
using loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HostCode : public ::testing::Test {
 protected:
  void SetUp() override {
    auto workspace = Workspace::Open(temp_.path(), {});
    ASSERT_OK(workspace);
    workspace_ = *std::move(workspace);
    for (const char* name : {"a", "b", "c"}) ids_.push_back(MakeProject(*workspace_, name));
  }
  void TearDown() override { loadline::SetLogSink(nullptr); }

  // Calls `handle` for each record, as a host's log would.
  void Sink(std::function<void(const loadline::LogRecord&)> handle) {
    loadline::SetLogSink([handle = std::move(handle)](const auto& record) { handle(record); });
  }

  const QuietLog quiet_;
  TempDir temp_;
  std::unique_ptr<Workspace> workspace_;
  std::vector<ProjectId> ids_;
};

TEST_F(HostCode, AContextObserverMaySwitchTheWorkspace) {
  std::vector<std::optional<ProjectId>> told;
  workspace_->contexts().AddObserver([&](const ContextSwitch& change) {
    told.push_back(change.to);
    if (change.to == ids_[0]) {
      EXPECT_OK(workspace_->SwitchProject(ids_[1]));
    }
  });
  ExpectToEnd([&] { EXPECT_OK(workspace_->SwitchProject(ids_[0])); });
  EXPECT_THAT(told, ElementsAre(ids_[0], ids_[1]));
  EXPECT_EQ(workspace_->registry().GetActive(), ids_[1]);
}

TEST_F(HostCode, ARegistryObserverMaySwitchTheWorkspaceAndChangeTheRegistry) {
  using Kind = RegistryChange::Kind;
  std::vector<Kind> told;
  workspace_->registry().AddObserver([&](const RegistryChange& change) {
    told.push_back(change.kind);
    if (told.size() > 1) return;
    EXPECT_OK(workspace_->registry().SetStatus(ids_[2], ProjectStatus::kReady));
    EXPECT_OK(workspace_->SwitchProject(ids_[1]));
  });
  ExpectToEnd([&] { EXPECT_OK(workspace_->SwitchProject(ids_[0])); });
  EXPECT_THAT(told, ElementsAre(Kind::kActive, Kind::kStatus, Kind::kActive));
  EXPECT_EQ(workspace_->contexts().active(), ids_[1]);
}

TEST_F(HostCode, AnObserverMaySwitchWhileAnotherThreadDoes) {
  std::thread other;
  workspace_->contexts().AddObserver([&](const ContextSwitch& change) {
    if (change.to != ids_[0]) return;
    other = std::thread([&] { EXPECT_OK(workspace_->SwitchProject(ids_[1])); });
    // Time to get as far as it can while this observer runs.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_OK(workspace_->SwitchProject(ids_[2]));
  });
  ExpectToEnd([&] {
    EXPECT_OK(workspace_->contexts().Switch(ids_[0]));
    other.join();
  });
  EXPECT_EQ(workspace_->registry().GetActive(), workspace_->contexts().active());
}

TEST_F(HostCode, ObserversOfBothKindsMayCallAcrossEachOther) {
  workspace_->contexts().AddObserver([&](const ContextSwitch& change) {
    if (change.to) {
      EXPECT_OK(workspace_->registry().UpdateMetadata(*change.to, {{"seen", "yes"}}));
    }
  });
  workspace_->registry().AddObserver([&](const RegistryChange& change) {
    if (change.kind == RegistryChange::Kind::kStatus) {
      EXPECT_OK(workspace_->contexts().Switch(change.after->id));
    }
  });
  ExpectToEnd([&] {
    std::thread other([&] {
      for (int i = 0; i < 30; ++i) {
        EXPECT_OK(workspace_->registry().SetStatus(ids_[1], ProjectStatus::kReady));
      }
    });
    for (int i = 0; i < 30; ++i) EXPECT_OK(workspace_->contexts().Switch(ids_[i % 2 * 2]));
    other.join();
  });
}

TEST_F(HostCode, AnObserverOfARemovalMayRemoveAnotherProject) {
  workspace_->registry().AddObserver([&](const RegistryChange& change) {
    if (change.kind == RegistryChange::Kind::kRemoved && change.before->id == ids_[0]) {
      EXPECT_OK(workspace_->RemoveProject(ids_[1]));
    }
  });
  ExpectToEnd([&] { EXPECT_OK(workspace_->RemoveProject(ids_[0])); });
  ExpectGone(*workspace_, ids_[0]);
  ExpectGone(*workspace_, ids_[1]);
  ExpectNoTrace(temp_, ids_[1]);
  ExpectWhole(*workspace_, ids_[2]);
}

TEST_F(HostCode, AContextObserverThatThrowsStopsNobody) {
  std::vector<std::string> logged;
  Sink([&](const loadline::LogRecord& record) { logged.push_back(FormatLogRecord(record)); });
  workspace_->contexts().AddObserver(
      [](const ContextSwitch&) { throw std::runtime_error("not today"); });
  int told = 0;
  workspace_->contexts().AddObserver([&](const ContextSwitch&) { ++told; });
  EXPECT_OK(workspace_->contexts().Switch(ids_[0]));
  ExpectToEnd([&] { EXPECT_OK(workspace_->contexts().Switch(ids_[1])); });
  EXPECT_EQ(told, 2);
  EXPECT_THAT(logged, ElementsAre(HasSubstr("not today"), HasSubstr("not today")));
}

TEST_F(HostCode, RemovingAnObserverThatIsNoneDoesNotWait) {
  ExpectToEnd([&] {
    for (const int number : {-1, 0, 1'000}) {
      workspace_->contexts().RemoveObserver(number);
      workspace_->registry().RemoveObserver(number);
    }
  });
}

TEST(LifecycleObserver, MayThrow) {
  const QuietLog quiet;
  TempDir temp;
  WorkspaceOptions options;
  options.lifecycle = [](absl::string_view, bool) { throw std::runtime_error("no"); };
  const auto workspace = Workspace::Open(temp.path(), options);
  ASSERT_OK(workspace);
  MakeProject(**workspace, "p");
}

// A sink that keeps what it is told in the workspace that tells it.
TEST(LogSink, MayUseTheProjectWhoseFileRefusesAWrite) {
  const QuietLog quiet;
  loadline::testing::FaultVfs vfs;
  TempDir temp;
  WorkspaceOptions options;
  options.contexts.max_resident = 1;
  const auto workspace = Workspace::Open(temp.path(), options);
  ASSERT_OK(workspace);
  const ProjectId full = MakeProject(**workspace, "full");
  const ProjectId journal = MakeProject(**workspace, "journal");
  ASSERT_OK((*workspace)->contexts().Append(full, {.text = "there is room"}));
  int told = 0;
  loadline::SetLogSink([&](const loadline::LogRecord& record) {
    ++told;
    vfs.Disarm();
    EXPECT_FALSE((*workspace)->contexts().Append(full, {.text = record.message}).ok());
    EXPECT_OK((*workspace)->contexts().Append(journal, {.text = record.message}));
  });
  vfs.FailNth(1, ENOSPC, /*sticky=*/true);
  ExpectToEnd(
      [&] { EXPECT_FALSE((*workspace)->contexts().Append(full, {.text = "there is none"}).ok()); });
  loadline::SetLogSink(nullptr);
  EXPECT_EQ(told, 1);
}

TEST_F(HostCode, ALogSinkMayUseTheProjectThatIsBeingLoaded) {
  workspace_.reset();
  const std::string file = "projects/" + ids_[0].hex() + "/context.db";
  temp_.WriteFile(file, std::string(8'192, 'x'));
  auto workspace = Workspace::Open(temp_.path());
  ASSERT_OK(workspace);
  workspace_ = *std::move(workspace);
  int told = 0;
  Sink([&](const loadline::LogRecord&) {
    ++told;
    EXPECT_OK(workspace_->contexts().Append(ids_[0], {.text = "anew"}));
  });
  ExpectToEnd([&] { EXPECT_FALSE(workspace_->contexts().Recent(ids_[0], 1).ok()); });
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace stowage
