#include "stowage/workspace/health.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "stowage/workspace/workspace.h"
#include "tests/stowage/workspace/interrupted_file_system.h"
#include "tests/stowage/workspace/workspace_fixture.h"

namespace stowage {
namespace {

using loadline::testing::TempDir;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

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

TEST(Health, CountsInWordsThatFitOneAsWellAsMany) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  MakeProject(**workspace, "p");
  const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
  EXPECT_THAT(Component(report, "registry").evidence, Contains("projects: 1"));
  EXPECT_THAT(Component(report, "contexts").evidence,
              IsSupersetOf({StartsWith("contexts in memory: 1, in use: 0, bytes: "),
                            StartsWith("checked every row; projects: 1, damaged: 0")}));
  EXPECT_THAT(Component(report, "vectors").evidence,
              IsSupersetOf({StartsWith("stores in memory: 1, in use: 0, bytes: "),
                            StartsWith("checked every row; projects: 1, damaged: 0")}));
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

// Alters a byte of the last place where `text` stands in the file, as a failing disk would.
void Rot(const TempDir& temp, const std::string& file, const std::string& text) {
  std::string bytes = temp.ReadFile(file);
  const size_t at = bytes.rfind(text);
  ASSERT_NE(at, std::string::npos) << file;
  std::fstream stream(temp.Path(file), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(static_cast<char>(bytes[at] ^ 1));
}

TEST(Health, ADeepLookFindsARegistryThatRottedWhileInUse) {
  TempDir temp;
  { ASSERT_OK(Workspace::Open(temp.path())); }
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  const ProjectId id = MakeProject(**workspace, "a name to be found");
  // In the log, where it lies as long as it has not been folded into the file.
  Rot(temp, "registry.db-wal", "a name to be found");
  EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kCheap).state, HealthState::kHealthy);
  const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
  EXPECT_EQ(Component(report, "registry").state, HealthState::kUnhealthy);
  EXPECT_THAT(Evidence(report, "registry"), HasSubstr("table projects, key 1"));
  EXPECT_EQ(Component(report, "contexts").state, HealthState::kHealthy);
  ExpectWhole(**workspace, id);
}

TEST(Health, ADeepLookFindsARottenRegistryFileAndItsStructure) {
  TempDir temp;
  {
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    for (int i = 0; i < 50; ++i) MakeProject(**workspace, "project " + std::to_string(i));
  }
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kDeep).state, HealthState::kHealthy);
  // The last page: of a table with rows.
  std::fstream stream(temp.Path("registry.db"), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(-4'096, std::ios::end);
  stream.write(std::string(512, '\0').data(), 512);
  stream.close();
  const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
  EXPECT_EQ(Component(report, "registry").state, HealthState::kUnhealthy);
  EXPECT_THAT(Evidence(report, "registry"), HasSubstr("registry.db"));
  EXPECT_EQ((*workspace)->registry().Count(), 50u) << "memory answers all the same";
}

// Plants a wrong byte into a closed file and looks deep, twice, with another project in use.
void ExpectReportedAndNotMoved(const std::string& file, const std::string& component) {
  TempDir temp;
  std::string hex;
  {
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    hex = MakeProject(**workspace, "damaged").hex();
    MakeProject(**workspace, "other");
  }
  const std::string path = absl::StrCat("projects/", hex, "/", file);
  Rot(temp, path, file == "context.db" ? "hello" : "a.cc");
  const std::string damaged = temp.ReadFile(path);
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  for (int look = 1; look <= 2; ++look) {
    const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
    EXPECT_EQ(Component(report, component).state, HealthState::kDegraded) << "look " << look;
    EXPECT_THAT(Evidence(report, component), HasSubstr(hex));
  }
  EXPECT_FALSE(std::filesystem::exists(temp.Path("quarantine")));
  EXPECT_EQ(temp.ReadFile(path), damaged);
}

TEST(Health, ADeepLookOnlyReportsADamagedContext) {
  ExpectReportedAndNotMoved("context.db", "contexts");
}

TEST(Health, ADeepLookOnlyReportsADamagedVectorStore) {
  ExpectReportedAndNotMoved("vectors.db", "vectors");
}

TEST(Health, ADeepLookFindsDamageOfFilesThatAreInUse) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  const std::string folder = "projects/" + MakeProject(**workspace, "p").hex();
  MakeProject(**workspace, "other");
  Rot(temp, folder + "/context.db-wal", "hello");
  Rot(temp, folder + "/vectors.db-wal", "a.cc");
  const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
  EXPECT_EQ(Component(report, "contexts").state, HealthState::kDegraded);
  EXPECT_EQ(Component(report, "vectors").state, HealthState::kDegraded);
}

TEST(Health, ADeepLookFindsFilesThatWereTakenAwayWhileInUse) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  const std::string folder = "projects/" + MakeProject(**workspace, "p").hex();
  std::filesystem::rename(temp.Path(folder), temp.Path("elsewhere"));
  std::filesystem::remove(temp.Path("registry.db"));
  const HealthReport report = (*workspace)->CheckHealth(HealthDepth::kDeep);
  EXPECT_EQ(Component(report, "registry").state, HealthState::kUnhealthy);
  EXPECT_THAT(Evidence(report, "registry"), HasSubstr("was moved, replaced or deleted"));
  EXPECT_THAT(Evidence(report, "contexts"), HasSubstr("was moved, replaced or deleted"));
}

TEST(Health, ADeepLookLeavesInMemoryWhatIsThere) {
  TempDir temp;
  WorkspaceOptions options;
  options.contexts.max_resident = 2;
  options.vectors.max_open = 2;
  const auto workspace = Workspace::Open(temp.path(), options);
  ASSERT_OK(workspace);
  std::vector<ProjectId> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(MakeProject(**workspace, std::to_string(i)));
  // In use: the first two, of which the second was used last.
  for (const ProjectId& id : {ids[0], ids[1]}) ExpectWhole(**workspace, id);
  const auto contexts = (*workspace)->contexts().Stats();
  const auto vectors = (*workspace)->vectors().Stats();
  EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kDeep).state, HealthState::kHealthy);
  EXPECT_EQ((*workspace)->contexts().Stats().loads, contexts.loads);
  EXPECT_EQ((*workspace)->contexts().Stats().evictions, contexts.evictions);
  EXPECT_EQ((*workspace)->vectors().Stats().loads, vectors.loads);
  EXPECT_EQ((*workspace)->vectors().Stats().evictions, vectors.evictions);
  EXPECT_EQ((*workspace)->vectors().Stats().memory_bytes, vectors.memory_bytes);
  for (const ProjectId& id : {ids[0], ids[1]}) ExpectWhole(**workspace, id);
  EXPECT_EQ((*workspace)->contexts().Stats().loads, contexts.loads) << "they were still there";
  EXPECT_EQ((*workspace)->vectors().Stats().loads, vectors.loads);
}

TEST(Health, UsersOfAProjectAreNotTurnedAwayWhileItIsLookedAt) {
  TempDir temp;
  WorkspaceOptions options;
  options.contexts.max_resident = 1;
  options.vectors.max_open = 1;
  const auto workspace = Workspace::Open(temp.path(), options);
  ASSERT_OK(workspace);
  std::vector<ProjectId> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(MakeProject(**workspace, std::to_string(i)));
  std::atomic<bool> stop{false};
  std::thread user([&] {
    for (size_t i = 0; !stop; i = (i + 1) % ids.size()) ExpectWhole(**workspace, ids[i]);
  });
  for (int look = 0; look < 15; ++look) {
    EXPECT_EQ((*workspace)->CheckHealth(HealthDepth::kDeep).state, HealthState::kHealthy);
  }
  stop = true;
  user.join();
}

}  // namespace
}  // namespace stowage
