#include "stowage/workspace/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/stowage/workspace/workspace_fixture.h"
#include "tests/support/sanitizer.h"

namespace stowage {
namespace {

using loadline::testing::IsOkAndHolds;
using loadline::testing::StatusIs;
using loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WorkspaceOptions Noting(std::vector<std::string>& events) {
  WorkspaceOptions options;
  options.lifecycle = [&events](absl::string_view component, bool opened) {
    events.push_back(absl::StrCat(opened ? "+" : "-", component));
  };
  return options;
}

TEST(Workspace, OpensInOrderAndClosesInReverse) {
  TempDir temp;
  std::vector<std::string> events;
  { ASSERT_OK(Workspace::Open(temp.Path("new/folder"), Noting(events))); }
  EXPECT_THAT(events, ElementsAre("+lock", "+registry", "+contexts", "+vectors", "-vectors",
                                  "-contexts", "-registry", "-lock"));
}

TEST(Workspace, ClosesWhatWasOpenedWhenContextsFail) {
  TempDir temp;
  std::vector<std::string> events;
  WorkspaceOptions options = Noting(events);
  options.contexts.max_resident = 0;
  EXPECT_THAT(Workspace::Open(temp.path(), options), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(events, ElementsAre("+lock", "+registry", "-registry", "-lock"));
}

TEST(Workspace, ClosesWhatWasOpenedWhenVectorsFail) {
  TempDir temp;
  std::vector<std::string> events;
  WorkspaceOptions options = Noting(events);
  options.vectors.max_open = 0;
  EXPECT_FALSE(Workspace::Open(temp.path(), options).ok());
  EXPECT_THAT(events,
              ElementsAre("+lock", "+registry", "+contexts", "-contexts", "-registry", "-lock"));
}

TEST(Workspace, NamesTheHolderToASecondOpen) {
  TempDir temp;
  const auto first = Workspace::Open(temp.path());
  ASSERT_OK(first);
  std::vector<std::string> events;
  EXPECT_THAT(Workspace::Open(temp.path(), Noting(events)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(std::to_string(::getpid()))));
  EXPECT_THAT(events, IsEmpty());
}

TEST(Workspace, TimesTheOpeningOfEachComponent) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  std::vector<std::string> components;
  for (const ComponentInit& init : (*workspace)->init_times()) components.push_back(init.component);
  EXPECT_THAT(components, ElementsAre("lock", "registry", "recovery", "contexts", "vectors"));
}

TEST(Workspace, MovesADamagedRegistryToQuarantineAndThenOpensEmpty) {
  TempDir temp;
  std::optional<ProjectId> id;
  {
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    id = MakeProject(**workspace, "p");
  }
  std::string bytes = temp.ReadFile("registry.db");
  const size_t at = bytes.rfind("c++");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'd';
  temp.WriteFile("registry.db", bytes);
  std::vector<std::string> events;
  EXPECT_THAT(Workspace::Open(temp.path(), Noting(events)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("quarantine/")));
  EXPECT_THAT(events, ElementsAre("+lock", "-lock"));
  EXPECT_FALSE(std::filesystem::exists(temp.Path("registry.db")));

  const auto again = Workspace::Open(temp.path());
  ASSERT_OK(again);
  EXPECT_EQ((*again)->registry().Count(), 0u);
  EXPECT_TRUE(std::filesystem::exists(temp.Path("projects/" + id->hex())));
  const auto problems = (*again)->registry().Validate();
  ASSERT_OK(problems);
  ASSERT_EQ(problems->size(), 1u);
  EXPECT_EQ((*problems)[0].kind, RegistryProblem::Kind::kOrphanFolder);
}

TEST(Workspace, SwitchesRegistryAndContextsTogether) {
  TempDir temp;
  std::optional<ProjectId> id;
  {
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    id = MakeProject(**workspace, "p");
    ASSERT_OK((*workspace)->SwitchProject(*id));
    EXPECT_EQ((*workspace)->contexts().active(), id);
    EXPECT_EQ((*workspace)->registry().GetActive(), id);
  }
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  EXPECT_EQ((*workspace)->registry().GetActive(), id);
  EXPECT_EQ((*workspace)->contexts().active(), id);
}

TEST(Workspace, AFailedSwitchLeavesTheActiveProject) {
  TempDir temp;
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  const ProjectId id = MakeProject(**workspace, "p");
  ASSERT_OK((*workspace)->SwitchProject(id));
  const ProjectId unknown = *ProjectId::FromHex("000000000000000000000000000000aa");
  EXPECT_THAT((*workspace)->SwitchProject(unknown), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ((*workspace)->contexts().active(), id);
  EXPECT_EQ((*workspace)->registry().GetActive(), id);
}

TEST(Workspace, OpensWithADamagedActiveContextAndReportsIt) {
  TempDir temp;
  std::optional<ProjectId> id;
  {
    const auto workspace = Workspace::Open(temp.path());
    ASSERT_OK(workspace);
    id = MakeProject(**workspace, "p");
    ASSERT_OK((*workspace)->SwitchProject(*id));
  }
  temp.WriteFile("projects/" + id->hex() + "/context.db", std::string(8'192, 'x'));
  const auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  ASSERT_EQ((*workspace)->recovery().quarantined.size(), 1u);
  EXPECT_THAT((*workspace)->recovery().quarantined[0], HasSubstr(id->hex()));
  EXPECT_OK((*workspace)->contexts().Append(*id, {.text = "anew"}));
}

TEST(Workspace, HundredProjectsKeepDescriptorsAndMemoryBounded) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator all("/dev/fd");
    return static_cast<size_t>(std::distance(begin(all), end(all)));
  };
  TempDir temp;
  WorkspaceOptions options;
  options.vectors.max_open = 4;
  options.vectors.memory_budget_bytes = 1 << 20;
  const size_t before = open_files();
  {
    const auto workspace = Workspace::Open(temp.path(), options);
    ASSERT_OK(workspace);
    std::vector<ProjectId> ids;
    for (int i = 0; i < 100; ++i) {
      ids.push_back(MakeProject(**workspace, absl::StrCat("project ", i)));
      ASSERT_LE((*workspace)->vectors().Stats().memory_bytes, size_t{1} << 20);
      // Workspace, lock and registry, then up to four descriptors for each of 3 + 4 open files.
      ASSERT_LE(open_files(), before + 8 + 7 * 4);
    }
    for (const ProjectId& id : ids) ExpectWhole(**workspace, id);
    EXPECT_LE((*workspace)->contexts().Stats().resident, 3u);
    EXPECT_LE((*workspace)->vectors().Stats().open, 4u);
  }
  EXPECT_EQ(open_files(), before);
}

// The exit code of a forked child that ran `work` within 20 seconds.
template <typename Work>
int InChild(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    ::_exit(work());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Workspace, ClosesInAForkedChildWithoutHarmToTheParent) {
  if (loadline::testing::kHasShadowMemory) GTEST_SKIP() << "the parent has threads";
  TempDir temp;
  auto workspace = Workspace::Open(temp.path());
  ASSERT_OK(workspace);
  const ProjectId id = MakeProject(**workspace, "p");
  EXPECT_EQ(InChild([&] {
              const bool refused = !(*workspace)->contexts().Append(id, {.text = "child"}).ok();
              (*workspace).reset();
              return refused ? 7 : 1;
            }),
            7);
  ExpectWhole(**workspace, id);
  EXPECT_OK((*workspace)->contexts().Append(id, {.text = "parent"}));
  EXPECT_THAT(Workspace::Open(temp.path()), StatusIs(absl::StatusCode::kUnavailable));
}

#ifdef __GLIBC__
TEST(Workspace, SaysThatThereIsNoThreadForIt) {
  if (loadline::testing::kHasShadowMemory) GTEST_SKIP() << "the sanitizer has its own threads";
  TempDir temp;
  EXPECT_EQ(InChild([&] {
              // More stack than there is address space: no thread can be made.
              pthread_attr_t attributes;
              ::pthread_attr_init(&attributes);
              ::pthread_attr_setstacksize(&attributes, size_t{1} << 50);
              ::pthread_setattr_default_np(&attributes);
              const auto workspace = Workspace::Open(temp.path());
              return absl::IsResourceExhausted(workspace.status()) ? 7 : 1;
            }),
            7);
  EXPECT_OK(Workspace::Open(temp.path()));
}
#endif

TEST(Workspace, ManyThreadsUseAllComponentsTogether) {
  TempDir temp;
  const auto opened = Workspace::Open(temp.path());
  ASSERT_OK(opened);
  Workspace& workspace = **opened;
  std::vector<ProjectId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(MakeProject(workspace, absl::StrCat("p", i)));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (uint64_t i = 0; i < 40; ++i) {
        const ProjectId& id = ids[random() % ids.size()];
        absl::Status status;
        switch (random() % 6) {
          case 0:
            status = workspace.contexts().Append(id, {.text = "x"}).status();
            break;
          case 1:
            status = workspace.contexts().Recent(id, 5).status();
            break;
          case 2:
            status = workspace.SwitchProject(id);
            break;
          case 3: {
            std::vector<VectorEntry> entries(1);
            entries[0] = {.id = 1000 * (t + 1) + i,
                          .values = {1, static_cast<float>(i)},
                          .chunk = {.file = "b.cc", .first_line = 1, .last_line = 1}};
            status = workspace.vectors().Add(id, std::move(entries));
            break;
          }
          case 4: {
            const float query[] = {1, 2};
            status = workspace.vectors().Search(id, query, 3).status();
            break;
          }
          default:
            wrong +=
                workspace.CheckHealth(HealthDepth::kCheap).state == HealthState::kHealthy ? 0 : 1;
        }
        if (!status.ok()) {
          ADD_FAILURE() << status;
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(workspace.registry().GetActive(), workspace.contexts().active());
}

}  // namespace
}  // namespace stowage
