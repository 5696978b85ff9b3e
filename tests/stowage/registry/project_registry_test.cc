#include "stowage/registry/project_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "loadline/base/file_system.h"
#include "stowage/registry/orphan_folders.h"
#include "tests/stowage/registry/registry_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/quiet_log.h"

namespace stowage {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Name;
using testing::Names;
using ::testing::Pointee;
using testing::Project;
using ::testing::SizeIs;

using ProjectRegistryTest = testing::RegistryTest;

TEST_F(ProjectRegistryTest, GivesBackWhatWasRegisteredAlsoWhenOpenedAgain) {
  const NewProject project{Name("loadline"),
                           "/src/load line\xFF",
                           "c++",
                           {{"", "empty key"}, {"key", std::string("a\0b", 3)}}};
  const auto id = registry_->Register(project);
  ASSERT_OK(id);
  for (int pass = 0; pass < 2; ++pass) {
    const auto record = registry_->Get(*id);
    ASSERT_OK(record);
    EXPECT_EQ((*record)->id, *id);
    EXPECT_EQ((*record)->name, project.name);
    EXPECT_EQ((*record)->source_path, project.source_path);
    EXPECT_EQ((*record)->language, project.language);
    EXPECT_EQ((*record)->metadata, project.metadata);
    EXPECT_EQ((*record)->status, ProjectStatus::kRegistered);
    EXPECT_EQ((*record)->sequence, 1);
    EXPECT_EQ((*record)->created_wall_nanos, clock_.kStartWallNanos);
    Reopen();
  }
}

TEST_F(ProjectRegistryTest, RejectsASecondProjectOfTheSameName) {
  const ProjectId first = Register("twin");
  EXPECT_THAT(
      registry_->Register(Project("twin")),
      StatusIs(absl::StatusCode::kAlreadyExists, AllOf(HasSubstr("twin"), HasSubstr(first.hex()))));
  EXPECT_EQ(registry_->Count(), 1u);
}

TEST_F(ProjectRegistryTest, RejectsWhatCannotBeAProject) {
  const auto with_path = [](std::string path) {
    NewProject project = Project("p");
    project.source_path = std::move(path);
    return project;
  };
  for (const std::string& path : {std::string(), std::string("src"), std::string("./src"),
                                  std::string("/s\0rc", 5), "/" + std::string(4'096, 'x')}) {
    EXPECT_THAT(registry_->Register(with_path(path)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("source path")));
  }
  NewProject project = Project("p");
  project.metadata = {{"k", std::string(64 * 1'024, 'v')}};
  EXPECT_THAT(registry_->Register(project),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("metadata")));
  project.metadata.clear();
  project.language = std::string(256, 'l');
  EXPECT_THAT(registry_->Register(project), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(registry_->Count(), 0u);
}

TEST_F(ProjectRegistryTest, IsFullAtItsLimit) {
  options_.max_projects = 2;
  Reopen();
  const ProjectId a = Register("a");
  Register("b");
  EXPECT_THAT(registry_->Register(Project("c")),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2 projects")));
  ASSERT_OK(registry_->Remove(a));
  EXPECT_OK(registry_->Register(Project("c")));
}

TEST_F(ProjectRegistryTest, FindsByName) {
  const ProjectId id = Register("a");
  EXPECT_THAT(registry_->FindByName(Name("a")),
              IsOkAndHolds(Pointee(Field(&ProjectRecord::id, id))));
  EXPECT_THAT(registry_->FindByName(Name("A")), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ProjectRegistryTest, ListsInTheOrderOfRegistration) {
  const ProjectId c = Register("c");
  Register("a");
  Register("b");
  EXPECT_THAT(Names(registry_->List()), ElementsAre("c", "a", "b"));
  ASSERT_OK(registry_->SetStatus(c, ProjectStatus::kReady));
  Reopen();
  EXPECT_THAT(Names(registry_->List()), ElementsAre("c", "a", "b"));
  EXPECT_THAT(Names(registry_->List({ProjectStatus::kReady})), ElementsAre("c"));
  EXPECT_THAT(Names(registry_->List({ProjectStatus::kRegistered})), ElementsAre("a", "b"));
  EXPECT_EQ(registry_->Count({ProjectStatus::kReady}), 1u);
  EXPECT_EQ(registry_->Count(), 3u);
}

TEST_F(ProjectRegistryTest, WalksPagesThatChangesDoNotDisturb) {
  std::vector<ProjectId> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(Register(std::to_string(i)));
  const auto first = registry_->ListPage({}, 0, 3);
  ASSERT_OK(first);
  EXPECT_THAT(Names(first->projects), ElementsAre("0", "1", "2"));
  ASSERT_OK(registry_->Remove(ids[1]));  // behind the walk
  ASSERT_OK(registry_->Remove(ids[4]));  // before it
  Register("new");
  const auto second = registry_->ListPage({}, *first->next_after_sequence, 3);
  ASSERT_OK(second);
  EXPECT_THAT(Names(second->projects), ElementsAre("3", "5", "6"));
  const auto last = registry_->ListPage({}, *second->next_after_sequence, 3);
  ASSERT_OK(last);
  EXPECT_THAT(Names(last->projects), ElementsAre("new"));
  EXPECT_EQ(last->next_after_sequence, std::nullopt);
}

TEST_F(ProjectRegistryTest, EndsAWalkWithoutAnEmptyPage) {
  for (int i = 0; i < 4; ++i) Register(std::to_string(i));
  const auto page = registry_->ListPage({}, 2, 2);
  ASSERT_OK(page);
  EXPECT_THAT(page->projects, SizeIs(2));
  EXPECT_EQ(page->next_after_sequence, std::nullopt);
  EXPECT_THAT(registry_->ListPage({}, 0, 0), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ProjectRegistryTest, ReplacesMetadataAndLeavesOldRecordsAsTheyWere) {
  const ProjectId id = Register("a");
  const ProjectRecordPtr before = *registry_->Get(id);
  ASSERT_OK(registry_->UpdateMetadata(id, {{"lines", "100"}}));
  EXPECT_TRUE(before->metadata.empty());
  const ProjectRecordPtr after = *registry_->Get(id);
  EXPECT_EQ(after->metadata, (ProjectMetadata{{"lines", "100"}}));
  EXPECT_GT(after->updated_wall_nanos, before->updated_wall_nanos);
  EXPECT_EQ(after->created_wall_nanos, before->created_wall_nanos);
  EXPECT_THAT(registry_->UpdateMetadata(*ProjectId::Generate(), {}),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ProjectRegistryTest, HidesAProjectThatIsBeingRemoved) {
  const ProjectId id = Register("going");
  ASSERT_OK(registry_->SetActive(id));
  ASSERT_OK(registry_->SetStatus(id, ProjectStatus::kRemoving));
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(registry_->Get(id), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(registry_->FindByName(Name("going")), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_FALSE(registry_->Contains(id));
    EXPECT_THAT(registry_->List(), IsEmpty());
    EXPECT_THAT(registry_->List({ProjectStatus::kRemoving}), IsEmpty());
    EXPECT_EQ(registry_->Count(), 0u);
    EXPECT_EQ(registry_->GetActive(), std::nullopt);
    EXPECT_THAT(Names(registry_->ListRemoving()), ElementsAre("going"));
    EXPECT_THAT(registry_->UpdateMetadata(id, {}), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(registry_->SetActive(id), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(registry_->SetStatus(id, ProjectStatus::kReady),
                StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(registry_->Register(Project("going")),
                StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("being removed")));
    Reopen();
  }
  ASSERT_OK(registry_->Remove(id));
  EXPECT_THAT(registry_->ListRemoving(), IsEmpty());
  EXPECT_OK(registry_->Register(Project("going")));
}

TEST_F(ProjectRegistryTest, ForgetsARemovedProjectAndFreesItsName) {
  const ProjectId id = Register("a");
  ASSERT_OK(registry_->Remove(id));
  EXPECT_THAT(registry_->Remove(id), StatusIs(absl::StatusCode::kNotFound));
  const ProjectId again = Register("a");
  EXPECT_NE(again, id);
  Reopen();
  EXPECT_FALSE(registry_->Contains(id));
  EXPECT_TRUE(registry_->Contains(again));
}

TEST_F(ProjectRegistryTest, GivesNoSequenceNumberTwice) {
  std::set<int64_t> sequences;
  for (int i = 0; i < 6; ++i) {
    const ProjectId id = Register("a");
    EXPECT_TRUE(sequences.insert((*registry_->Get(id))->sequence).second);
    ASSERT_OK(registry_->Remove(id));
    if (i % 2 == 0) Reopen();
  }
}

TEST_F(ProjectRegistryTest, KeepsTimesIncreasingWhenTheClockGoesBack) {
  const ProjectId a = Register("a");
  clock_.SetWallNanos(-1'000);
  const ProjectId b = Register("b");
  EXPECT_GT((*registry_->Get(b))->created_wall_nanos, (*registry_->Get(a))->created_wall_nanos);
  const int64_t updated = (*registry_->Get(a))->updated_wall_nanos;
  ASSERT_OK(registry_->SetStatus(a, ProjectStatus::kReady));
  EXPECT_GT((*registry_->Get(a))->updated_wall_nanos, updated);
}

TEST_F(ProjectRegistryTest, RemembersTheActiveProject) {
  EXPECT_EQ(registry_->GetActive(), std::nullopt);
  const ProjectId a = Register("a");
  const ProjectId b = Register("b");
  ASSERT_OK(registry_->SetActive(a));
  ASSERT_OK(registry_->SetActive(b));
  Reopen();
  EXPECT_EQ(registry_->GetActive(), b);
  ASSERT_OK(registry_->Remove(b));
  EXPECT_EQ(registry_->GetActive(), std::nullopt);
  ASSERT_OK(registry_->SetActive(a));
  ASSERT_OK(registry_->SetActive(std::nullopt));
  Reopen();
  EXPECT_EQ(registry_->GetActive(), std::nullopt);
  EXPECT_THAT(registry_->SetActive(*ProjectId::Generate()), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ProjectRegistryTest, FindsVanishedPathsOrphansAndStaleRemovals) {
  const auto with_path = [](absl::string_view name, std::string path) {
    NewProject project = Project(name);
    project.source_path = std::move(path);
    return project;
  };
  const auto there = registry_->Register(with_path("there", dir_.path()));
  const auto gone = registry_->Register(with_path("gone", dir_.Path("gone")));
  const auto file = registry_->Register(with_path("file", dir_.WriteFile("a file", "")));
  const ProjectId stale = Register("stale");
  ASSERT_OK(registry_->SetStatus(stale, ProjectStatus::kRemoving));
  const ProjectId orphan = *ProjectId::Generate();
  for (const std::string& folder : {there->hex(), orphan.hex(), stale.hex(), std::string("junk")}) {
    std::filesystem::create_directories(dir_.Path("projects/" + folder));
  }
  const auto problems = registry_->Validate();
  ASSERT_OK(problems);
  std::set<std::pair<RegistryProblem::Kind, std::string>> found;
  for (const RegistryProblem& problem : *problems) {
    EXPECT_FALSE(problem.detail.empty());
    found.insert({problem.kind, problem.id ? problem.id->hex() : ""});
  }
  using Kind = RegistryProblem::Kind;
  EXPECT_EQ(found,
            (std::set<std::pair<Kind, std::string>>{{Kind::kSourcePathMissing, gone->hex()},
                                                    {Kind::kSourcePathNotDirectory, file->hex()},
                                                    {Kind::kOrphanFolder, orphan.hex()},
                                                    {Kind::kOrphanFolder, ""},
                                                    {Kind::kStaleRemoval, stale.hex()}}));
}

// The machine's file system, where one folder cannot be opened.
class UnreadableFolder final : public loadline::FileSystem {
 public:
  explicit UnreadableFolder(std::string name) : name_(std::move(name)) {}
  int OpenAt(int dir_fd, const char* name, int flags, mode_t mode) override {
    if (name != name_) return FileSystem::OpenAt(dir_fd, name, flags, mode);
    errno = EACCES;
    return -1;
  }

 private:
  const std::string name_;
};

TEST(OrphanFolders, OneThatCannotBeReadHidesNoOther) {
  const loadline::testing::TempDir dir;
  const std::string unreadable = "000000000000000000000000000000aa";
  const std::string readable = "000000000000000000000000000000bb";
  for (const std::string& hex : {unreadable, readable}) {
    dir.WriteFile("projects/" + hex + "/vectors.db", "x");
  }
  UnreadableFolder fs(unreadable);
  const auto workspace = loadline::Directory::Open(dir.path(), fs);
  ASSERT_OK(workspace);
  const auto orphans = FindOrphanFolders(**workspace, [](const ProjectId&) { return false; });
  ASSERT_OK(orphans);
  ASSERT_THAT(*orphans, SizeIs(2));
  EXPECT_EQ((*orphans)[0].id, *ProjectId::FromHex(unreadable));
  EXPECT_TRUE((*orphans)[0].holds_data) << "nobody knows that it does not";
  EXPECT_THAT((*orphans)[0].detail, AllOf(HasSubstr(unreadable), HasSubstr(std::strerror(EACCES))));
  EXPECT_EQ((*orphans)[1].id, *ProjectId::FromHex(readable));
}

TEST_F(ProjectRegistryTest, FindsNothingWrongWhereNothingIs) {
  NewProject project = Project("a");
  project.source_path = dir_.path();
  ASSERT_OK(registry_->Register(project));
  EXPECT_THAT(registry_->Validate(), IsOkAndHolds(IsEmpty()));
}

TEST_F(ProjectRegistryTest, CountsItsCommits) {
  const ProjectId id = Register("a");
  ASSERT_OK(registry_->SetStatus(id, ProjectStatus::kFailed));
  const RegistryStats stats = registry_->Stats();
  EXPECT_EQ(stats.projects, 1u);
  EXPECT_EQ(stats.by_status[static_cast<size_t>(ProjectStatus::kFailed)], 1u);
  EXPECT_EQ(stats.commits, 2u);
  EXPECT_EQ(stats.changes, 2u);
  EXPECT_FALSE(stats.degraded);
}

TEST_F(ProjectRegistryTest, ReportsItsOperationsToTheMonitor) {
  loadline::PerformanceMonitor monitor;
  options_.monitor = &monitor;
  Reopen();
  const ProjectId id = Register("a");
  EXPECT_OK(registry_->Get(id));
  EXPECT_FALSE(registry_->Get(*ProjectId::Generate()).ok());
  EXPECT_FALSE(registry_->Register(Project("a")).ok());
  std::map<std::string, std::pair<uint64_t, uint64_t>> seen;
  for (const auto& operation : monitor.Snapshot().operations) {
    seen[operation.name] = {operation.count, operation.errors};
  }
  EXPECT_EQ(seen["registry.get"], std::pair(uint64_t{2}, uint64_t{1}));
  EXPECT_EQ(seen["registry.register"], std::pair(uint64_t{2}, uint64_t{1}));
  registry_.reset();  // before the monitor
}

TEST_F(ProjectRegistryTest, AnswersReadsAndRefusesChangesAfterAFailedWrite) {
  registry_.reset();
  loadline::testing::FaultVfs vfs;
  Reopen();
  const ProjectId id = Register("a");
  const loadline::testing::QuietLog quiet;
  vfs.OnlySyncs(true);
  vfs.FailNth(1, EIO);
  EXPECT_THAT(registry_->Register(Project("b")), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(registry_->SetStatus(id, ProjectStatus::kReady),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_OK(registry_->Get(id));
  EXPECT_EQ(registry_->Count(), 1u);
  EXPECT_THAT(registry_->FindByName(Name("b")), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(registry_->Stats().degraded);
  EXPECT_THAT(registry_->Stats().degraded_reason, HasSubstr("registry.db"));
  vfs.Disarm();
  Reopen();
  EXPECT_OK(registry_->SetStatus(id, ProjectStatus::kReady));
  registry_.reset();  // before the file layer
}

TEST_F(ProjectRegistryTest, RefusesADamagedFileAndLeavesItWhereItIs) {
  Register("find me here");
  registry_.reset();
  std::string bytes = dir_.ReadFile("registry.db");
  for (size_t at = 0; (at = bytes.find("find me", at)) != std::string::npos; ++at) bytes[at] = 'm';
  dir_.WriteFile("registry.db", bytes);
  EXPECT_THAT(ProjectRegistry::Open(*directory_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("registry.db")));
  EXPECT_EQ(dir_.ReadFile("registry.db"), bytes);
}

TEST_F(ProjectRegistryTest, RefusesAFileOfANewerVersion) {
  registry_.reset();
  std::string bytes = dir_.ReadFile("registry.db");
  bytes[63] = 9;  // the last byte of user_version in SQLite's header
  dir_.WriteFile("registry.db", bytes);
  EXPECT_THAT(ProjectRegistry::Open(*directory_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer version")));
  EXPECT_EQ(dir_.ReadFile("registry.db"), bytes);
}

TEST(ProjectStatusNames, AreReadBack) {
  for (int i = 0; i < 5; ++i) {
    const auto status = static_cast<ProjectStatus>(i);
    EXPECT_THAT(ParseProjectStatus(ProjectStatusName(status)), IsOkAndHolds(status));
  }
  for (const char* text : {"", "Ready", "ready ", "unknown", "\x1B[2J"}) {
    EXPECT_THAT(ParseProjectStatus(text), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace stowage
