#include "stowage/workspace/health.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "stowage/workspace/workspace.h"
#include "tests/stowage/workspace/interrupted_file_system.h"
#include "tests/stowage/workspace/workspace_fixture.h"

namespace stowage {
namespace {

using loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ComponentHealth& Component(const HealthReport& report, const std::string& name) {
  for (const ComponentHealth& component : report.components) {
    if (component.component == name) return component;
  }
  static const ComponentHealth& none = *new ComponentHealth;
  return none;
}

std::string Evidence(const HealthReport& report, const std::string& name) {
  return absl::StrJoin(Component(report, name).evidence, "\n");
}

TEST(Health, NamesItsStates) {
  EXPECT_EQ(HealthStateName(HealthState::kHealthy), "healthy");
  EXPECT_EQ(HealthStateName(HealthState::kDegraded), "degraded");
  EXPECT_EQ(HealthStateName(HealthState::kUnhealthy), "unhealthy");
}

TEST(Health, IsHealthyWithEvidenceForEveryComponentWhenNothingIsPlanted) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  MakeProject(**workspace, "p");
  for (const HealthDepth depth : {HealthDepth::kCheap, HealthDepth::kDeep}) {
    const HealthReport report = (*workspace)->CheckHealth(depth);
    EXPECT_EQ(report.state, HealthState::kHealthy);
    std::vector<std::string> names;
    for (const ComponentHealth& component : report.components) {
      names.push_back(component.component);
      EXPECT_EQ(component.state, HealthState::kHealthy) << component.component;
      EXPECT_THAT(component.evidence, Not(IsEmpty())) << component.component;
    }
    EXPECT_THAT(names, ElementsAre("lock", "registry", "contexts", "vectors"));
  }
}

// Plants damage in `file` of one of two projects and looks deep.
HealthReport DeepLookAtDamaged(const std::string& file, std::string& hex) {
  TempDir temp;
  {
    const auto workspace = Workspace::Open(temp.path());
    EXPECT_OK(workspace);
    hex = MakeProject(**workspace, "damaged").hex();
    MakeProject(**workspace, "other");
  }
  temp.WriteFile("projects/" + hex + "/" + file, std::string(8'192, 'x'));
  const auto workspace = Workspace::Open(temp.path());
  EXPECT_OK(workspace);
  EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kCheap).state, HealthState::kHealthy);
  return (*workspace)->CheckHealth(HealthDepth::kDeep);
}

TEST(Health, ADeepLookFindsADamagedContext) {
  std::string hex;
  const HealthReport report = DeepLookAtDamaged("context.db", hex);
  EXPECT_EQ(report.state, HealthState::kDegraded);
  EXPECT_EQ(Component(report, "contexts").state, HealthState::kDegraded);
  EXPECT_THAT(Evidence(report, "contexts"), HasSubstr(hex));
  EXPECT_EQ(Component(report, "vectors").state, HealthState::kHealthy);
}

TEST(Health, ADeepLookFindsADamagedVectorStore) {
  std::string hex;
  const HealthReport report = DeepLookAtDamaged("vectors.db", hex);
  EXPECT_EQ(Component(report, "vectors").state, HealthState::kDegraded);
  EXPECT_THAT(Evidence(report, "vectors"), HasSubstr(hex));
  EXPECT_EQ(Component(report, "contexts").state, HealthState::kHealthy);
}

TEST(Health, ADeepLookFindsAnOrphanFolder) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  temp.WriteFile("projects/000000000000000000000000000000aa/vectors.db", "x");
  EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kCheap).state, HealthState::kHealthy);
  const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
  EXPECT_EQ(Component(report, "registry").state, HealthState::kDegraded);
  EXPECT_THAT(Evidence(report, "registry"), HasSubstr("000000000000000000000000000000aa"));
}

TEST(Health, ASourcePathThatVanishedIsEvidenceOnly) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  ASSERT_OK((*workspace)
                ->registry()
                .Register({.name = *ProjectName::Parse("p"), .source_path = "/no/such/folder"}));
  const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
  EXPECT_EQ(report.state, HealthState::kHealthy);
  EXPECT_THAT(Evidence(report, "registry"), HasSubstr("/no/such/folder"));
}

TEST(Health, IsUnhealthyWhenEveryProjectIsDamaged) {
  TempDir temp;
  std::string hex;
  {
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    hex = MakeProject(**workspace, "p").hex();
  }
  temp.WriteFile("projects/" + hex + "/context.db", std::string(8'192, 'x'));
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kDeep).state, HealthState::kUnhealthy);
}

}  // namespace
}  // namespace stowage
