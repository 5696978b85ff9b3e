// What is said and done about projects whose records were lost with the registry: nothing that
// costs their data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "tests/stowage/workspace/workspace_fixture.h"
#include "tests/support/quiet_log.h"

namespace stowage {
namespace {

using loadline::testing::IsOkAndHolds;
using loadline::testing::StatusIs;
using loadline::testing::TempDir;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class LostRegistry : public ::testing::Test {
 protected:
  LostRegistry() {
    Open();
    const ProjectId id = MakeProject(*workspace_, "kept");
    folder_ = "projects/" + id.hex();
    hex_ = id.hex();
    workspace_.reset();
  }
  void Open() {
    workspace_.reset();
    auto workspace = Workspace::Open(temp_.path());
    ASSERT_OK(workspace);
    workspace_ = *std::move(workspace);
  }
  void Lose() { std::filesystem::remove(temp_.Path("registry.db")); }
  std::string RegistryEvidence(HealthDepth depth) {
    const HealthReport report = workspace_->CheckHealth(depth);
    EXPECT_EQ(report.state, HealthState::kDegraded);
    for (const ComponentHealth& component : report.components) {
      if (component.component == "registry") return absl::StrJoin(component.evidence, "\n");
    }
    return "";
  }
  bool DataIsThere() const {
    return std::filesystem::exists(temp_.Path(folder_ + "/context.db")) &&
           std::filesystem::exists(temp_.Path(folder_ + "/vectors.db"));
  }

  const loadline::testing::QuietLog quiet_;
  TempDir temp_;
  std::unique_ptr<Workspace> workspace_;
  std::string hex_;
  std::string folder_;
};

TEST_F(LostRegistry, IsReportedAtOpeningWithTheFoldersItLeft) {
  Lose();
  Open();
  EXPECT_THAT(workspace_->recovery().orphans,
              ElementsAre(AllOf(HasSubstr(hex_), HasSubstr("keep it"))));
}

TEST_F(LostRegistry, NeverHasDataCalledSuperfluous) {
  Lose();
  Open();
  for (const HealthDepth depth : {HealthDepth::kCheap, HealthDepth::kDeep}) {
    EXPECT_THAT(RegistryEvidence(depth),
                AllOf(HasSubstr(hex_), HasSubstr("keep it"), Not(HasSubstr("can be deleted"))));
  }
}

TEST_F(LostRegistry, ALogWithoutItsFileIsDataToo) {
  temp_.WriteFile("projects/000000000000000000000000000000cc/vectors.db-wal", "rows");
  Open();
  EXPECT_THAT(RegistryEvidence(HealthDepth::kDeep),
              AllOf(HasSubstr("vectors.db-wal"), Not(HasSubstr("can be deleted"))));
}

TEST_F(LostRegistry, AnEmptyFolderCanBeDeleted) {
  std::filesystem::create_directories(temp_.Path("projects/000000000000000000000000000000dd"));
  Open();
  EXPECT_THAT(RegistryEvidence(HealthDepth::kDeep), HasSubstr("is empty; it can be deleted"));
  EXPECT_THAT(workspace_->contexts().CleanUpOrphans(),
              IsOkAndHolds(ElementsAre("000000000000000000000000000000dd")));
}

TEST_F(LostRegistry, IsNotWhatAStrayFileOrAnEmptyFolderSpeaksOf) {
  temp_.WriteFile("projects/.DS_Store", "x");
  std::filesystem::create_directories(temp_.Path("projects/000000000000000000000000000000dd"));
  std::filesystem::create_directories(temp_.Path("projects/not a project"));
  Open();
  EXPECT_THAT(workspace_->recovery().orphans, IsEmpty());
  EXPECT_EQ(workspace_->CheckHealth(HealthDepth::kCheap).state, HealthState::kHealthy);
}

TEST_F(LostRegistry, NothingIsCleanedUpBesideAnEmptyOne) {
  Lose();
  Open();
  EXPECT_THAT(workspace_->contexts().CleanUpOrphans(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("registry.db")));
  EXPECT_TRUE(DataIsThere());
}

TEST_F(LostRegistry, NothingIsCleanedUpWhileQuarantineHoldsOne) {
  temp_.WriteFile("registry.db", std::string(8'192, 'x'));
  EXPECT_THAT(Workspace::Open(temp_.path()), StatusIs(absl::StatusCode::kDataLoss));
  Open();
  MakeProject(*workspace_, "begun anew");
  EXPECT_THAT(
      workspace_->contexts().CleanUpOrphans(),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("quarantine/registry.db-")));
  EXPECT_TRUE(DataIsThere());
  EXPECT_THAT(workspace_->recovery().orphans, SizeIs(1));
}

TEST_F(LostRegistry, WhatIsCleanedUpBesideAnotherIsInQuarantine) {
  Lose();
  Open();
  MakeProject(*workspace_, "begun anew");
  const std::string context = temp_.ReadFile(folder_ + "/context.db");
  EXPECT_THAT(workspace_->contexts().CleanUpOrphans(), IsOkAndHolds(ElementsAre(hex_)));
  EXPECT_TRUE(std::filesystem::exists(temp_.Path(folder_ + "/vectors.db")));
  std::string kept;
  for (const auto& entry : std::filesystem::directory_iterator(temp_.Path("quarantine"))) {
    kept = entry.path().filename();
  }
  EXPECT_THAT(kept, HasSubstr(hex_ + "-context.db"));
  EXPECT_EQ(temp_.ReadFile("quarantine/" + kept), context);
}

TEST_F(LostRegistry, NothingIsReportedWhereNothingWasLost) {
  Open();
  EXPECT_THAT(workspace_->recovery().orphans, IsEmpty());
}

}  // namespace
}  // namespace stowage
