#include "stowage/context/project_context_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/stowage/context/context_fixture.h"

namespace stowage {
namespace {

using loadline::testing::IsOkAndHolds;
using loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProjectContextManagerTest : public ContextFixture {};

TEST_F(ProjectContextManagerTest, NumbersMessagesFromOne) {
  const ProjectId id = Register("p");
  EXPECT_EQ(Say(id, "a"), 1);
  EXPECT_EQ(Say(id, "b"), 2);
  EXPECT_THAT(Texts(id), ElementsAre("a", "b"));
  EXPECT_THAT(Texts(id, 1), ElementsAre("b"));
  EXPECT_THAT(Texts(id, 0), IsEmpty());
}

TEST_F(ProjectContextManagerTest, KeepsEveryFieldOverAReopen) {
  const ProjectId id = Register("p");
  ASSERT_OK(contexts_->Append(id, {.role = MessageRole::kTool,
                                   .text = "output",
                                   .metadata = {{"tool", "grep"}},
                                   .importance = 0.25}));
  Reopen();
  const auto message = contexts_->Get(id, 1);
  ASSERT_OK(message);
  EXPECT_EQ(message->sequence, 1);
  EXPECT_EQ(message->role, MessageRole::kTool);
  EXPECT_EQ(message->text, "output");
  EXPECT_EQ(message->metadata, (std::map<std::string, std::string>{{"tool", "grep"}}));
  EXPECT_EQ(message->importance, 0.25);
  EXPECT_EQ(message->wall_nanos, loadline::testing::FakeClock::kStartWallNanos);
}

TEST_F(ProjectContextManagerTest, AppendsABatchAllOrNothing) {
  const ProjectId id = Register("p");
  EXPECT_THAT(
      contexts_->AppendBatch(id, {{.text = "a", .metadata = {}}, {.text = "b", .metadata = {}}}),
      IsOkAndHolds(1));
  EXPECT_THAT(contexts_->AppendBatch(id, {{.text = "c", .metadata = {}},
                                          {.text = "d", .metadata = {}, .importance = 2}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("message 1")));
  EXPECT_THAT(contexts_->AppendBatch(id, {}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Texts(id), ElementsAre("a", "b"));
  EXPECT_EQ(Say(id, "c"), 3);
}

TEST_F(ProjectContextManagerTest, RefusesImportanceOutsideZeroToOne) {
  const ProjectId id = Register("p");
  for (const double importance :
       {-0.1, 1.1, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(contexts_->Append(id, {.text = "x", .metadata = {}, .importance = importance}),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(ProjectContextManagerTest, StoresHostileTextVerbatim) {
  const ProjectId id = Register("p");
  const std::vector<std::string> texts = {"", std::string("a\0b", 3), "\xff\xfe\xc0\x80",
                                          "\x1b]0;title\x07", std::string(1 << 20, 'x')};
  for (const std::string& text : texts) Say(id, text);
  EXPECT_EQ(Texts(id), texts);
  Reopen();
  EXPECT_EQ(Texts(id), texts);
}

TEST_F(ProjectContextManagerTest, RefusesAMessageOneByteTooLarge) {
  const ProjectId id = Register("p");
  EXPECT_THAT(contexts_->Append(id, {.text = std::string((1 << 20) + 1, 'x'), .metadata = {}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1048577")));
  EXPECT_THAT(contexts_->Append(id, {.text = std::string(1 << 20, 'x'), .metadata = {{"k", ""}}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Texts(id), IsEmpty());
}

TEST_F(ProjectContextManagerTest, TimeNeverGoesBackWithinAProject) {
  const ProjectId id = Register("p");
  Say(id, "a");
  clock_.SetWallNanos(5);
  Say(id, "b");
  Reopen();
  Say(id, "c");
  clock_.SetWallNanos(loadline::testing::FakeClock::kStartWallNanos + 1'000);
  Say(id, "d");
  const auto messages = contexts_->Recent(id, 10);
  ASSERT_OK(messages);
  ASSERT_THAT(*messages, SizeIs(4));
  const int64_t start = loadline::testing::FakeClock::kStartWallNanos;
  EXPECT_EQ((*messages)[1].wall_nanos, start + 1);
  EXPECT_EQ((*messages)[2].wall_nanos, start + 2);
  EXPECT_EQ((*messages)[3].wall_nanos, start + 1'000);
}

TEST_F(ProjectContextManagerTest, NumbersAndTimesGoOnAfterClearAndReopen) {
  const ProjectId id = Register("p");
  Say(id, "a");
  Say(id, "b");
  ASSERT_OK(contexts_->PutCache(id, "k", "v"));
  ASSERT_OK(contexts_->Clear(id));
  EXPECT_THAT(Texts(id), IsEmpty());
  EXPECT_THAT(contexts_->GetCache(id, "k"), StatusIs(absl::StatusCode::kNotFound));
  clock_.SetWallNanos(1);
  Reopen();
  EXPECT_EQ(Say(id, "c"), 3);
  EXPECT_GT(contexts_->Get(id, 3)->wall_nanos, loadline::testing::FakeClock::kStartWallNanos);
}

TEST_F(ProjectContextManagerTest, NumbersGoOnWhenPruningTookTheNewest) {
  const ProjectId id = Register("p");
  Say(id, "a", 0.9);
  Say(id, "b", 0.1);
  const auto pruned = contexts_->Prune(id, {.keep = 1, .keep_recent = 0});
  ASSERT_OK(pruned);
  EXPECT_EQ(pruned->removed, 1u);
  EXPECT_EQ(pruned->kept, 1u);
  Reopen();
  EXPECT_EQ(Say(id, "c"), 3);
  EXPECT_THAT(Texts(id), ElementsAre("a", "c"));
  EXPECT_THAT(contexts_->Get(id, 2), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ProjectContextManagerTest, PruningWithinTheLimitWritesNothing) {
  const ProjectId id = Register("p");
  Say(id, "a");
  const uint64_t commits = contexts_->Stats().commits;
  EXPECT_EQ(contexts_->Prune(id, {.keep = 1})->kept, 1u);
  EXPECT_EQ(contexts_->Stats().commits, commits);
}

TEST_F(ProjectContextManagerTest, AnAppendIsOneCommit) {
  const ProjectId id = Register("p");
  Say(id, "first, which makes the file");
  const uint64_t commits = contexts_->Stats().commits;
  Say(id, "a");
  EXPECT_EQ(contexts_->Stats().commits, commits + 1);
  ASSERT_OK(
      contexts_->AppendBatch(id, {{.text = "b", .metadata = {}}, {.text = "c", .metadata = {}}}));
  EXPECT_EQ(contexts_->Stats().commits, commits + 2);
}

TEST_F(ProjectContextManagerTest, ReadsWhatDoesNotFitIntoMemoryFromTheFile) {
  Reopen({.max_resident = 1, .max_resident_bytes = 8'000});
  const ProjectId id = Register("p");
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i) {
    texts.push_back(absl::StrCat("message ", i, std::string(200, '.')));
    Say(id, texts.back());
  }
  EXPECT_LE(contexts_->Stats().resident_bytes, 8'000u);
  EXPECT_EQ(Texts(id), texts);
  EXPECT_EQ(contexts_->Get(id, 1)->text, texts[0]);
  EXPECT_THAT(Texts(id, 50), SizeIs(50));
  Reopen();
  EXPECT_EQ(Texts(id), texts);
  EXPECT_LE(contexts_->Stats().resident_bytes, 8'000u);
  EXPECT_EQ(Say(id, "next"), 101);
}

TEST_F(ProjectContextManagerTest, CacheKeepsTheEntriesPutLast) {
  Reopen({.max_cache_entries = 2});
  const ProjectId id = Register("p");
  for (const char* key : {"a", "b", "a", "c"}) {
    ASSERT_OK(contexts_->PutCache(id, key, absl::StrCat("value of ", key)));
  }
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(contexts_->GetCache(id, "a"), IsOkAndHolds("value of a"));
    EXPECT_THAT(contexts_->GetCache(id, "b"), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(contexts_->GetCache(id, "c"), IsOkAndHolds("value of c"));
    Reopen();
  }
}

TEST_F(ProjectContextManagerTest, CacheValuesBeyondTheBudgetComeFromTheFile) {
  Reopen({.max_resident = 1, .max_resident_bytes = 4'000});
  const ProjectId id = Register("p");
  const std::string large(2'000, 'v');
  ASSERT_OK(contexts_->PutCache(id, "large", large));
  EXPECT_LT(contexts_->Stats().resident_bytes, 1'000u);
  EXPECT_THAT(contexts_->GetCache(id, "large"), IsOkAndHolds(large));
}

TEST_F(ProjectContextManagerTest, CacheTakesAnyKeyBytesWithinItsLimits) {
  const ProjectId id = Register("p");
  const std::string key("\0\xff", 2);
  ASSERT_OK(contexts_->PutCache(id, key, ""));
  EXPECT_THAT(contexts_->GetCache(id, key), IsOkAndHolds(""));
  EXPECT_OK(contexts_->EraseCache(id, key));
  EXPECT_OK(contexts_->EraseCache(id, key));
  EXPECT_THAT(contexts_->GetCache(id, key), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(contexts_->PutCache(id, std::string(1'025, 'k'), "v"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(contexts_->PutCache(id, "k", std::string((256 << 10) + 1, 'v')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ProjectContextManagerTest, AskingLeavesNoTraceOnDisk) {
  const ProjectId id = Register("p");
  EXPECT_THAT(Texts(id), IsEmpty());
  EXPECT_THAT(contexts_->Get(id, 1), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK(contexts_->Clear(id));
  EXPECT_OK(contexts_->EraseCache(id, "k"));
  EXPECT_OK(contexts_->Switch(id));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("projects")));
}

TEST_F(ProjectContextManagerTest, DoesNotKnowAProjectThatTheRegistryDoesNotKnow) {
  const auto not_found = StatusIs(absl::StatusCode::kNotFound, HasSubstr(kUnknown.hex()));
  EXPECT_THAT(contexts_->Append(kUnknown, {.text = "x", .metadata = {}}), not_found);
  EXPECT_THAT(contexts_->Recent(kUnknown, 1), not_found);
  EXPECT_THAT(contexts_->Prune(kUnknown, {}), not_found);
  EXPECT_THAT(contexts_->Clear(kUnknown), not_found);
  EXPECT_THAT(contexts_->PutCache(kUnknown, "k", "v"), not_found);
  EXPECT_THAT(contexts_->GetCache(kUnknown, "k"), not_found);
  EXPECT_THAT(contexts_->Switch(kUnknown), not_found);
  EXPECT_THAT(contexts_->Stats(kUnknown), not_found);
}

TEST_F(ProjectContextManagerTest, NeverMakesTheFolderOfAProjectBeingRemoved) {
  const ProjectId id = Register("p");
  ASSERT_OK(registry_->SetStatus(id, ProjectStatus::kRemoving));
  ASSERT_OK(contexts_->Release(id));
  EXPECT_THAT(contexts_->Append(id, {.text = "x", .metadata = {}}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("projects/" + id.hex())));
}

TEST_F(ProjectContextManagerTest, EvictsTheContextUsedLongestAgo) {
  std::vector<ProjectId> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(Register(absl::StrCat("p", i)));
  for (const ProjectId& id : ids) Say(id, "x");
  const ContextManagerStats stats = contexts_->Stats();
  EXPECT_EQ(stats.resident, 3u);
  EXPECT_EQ(stats.loads, 4u);
  EXPECT_EQ(stats.evictions, 1u);
  ASSERT_OK(contexts_->Switch(ids[1]));
  EXPECT_EQ(contexts_->Stats().loads, 4u);
  ASSERT_OK(contexts_->Switch(ids[0]));
  EXPECT_EQ(contexts_->Stats().loads, 5u);
}

TEST_F(ProjectContextManagerTest, ReportsTheFiguresOfAConversation) {
  const ProjectId id = Register("p");
  EXPECT_EQ(contexts_->Stats(id)->first_wall_nanos, 0);
  Say(id, "12345");
  clock_.AdvanceSeconds(1);
  Say(id, "678");
  ASSERT_OK(contexts_->PutCache(id, "k", "v"));
  for (int round = 0; round < 2; ++round) {
    const auto stats = contexts_->Stats(id);
    ASSERT_OK(stats);
    EXPECT_EQ(stats->messages, 2);
    EXPECT_EQ(stats->message_bytes, 8);
    EXPECT_EQ(stats->cache_entries, 1);
    EXPECT_EQ(stats->last_wall_nanos - stats->first_wall_nanos, 1'000'000'000);
    EXPECT_TRUE(stats->resident);
    Reopen();
  }
}

TEST_F(ProjectContextManagerTest, ReleaseClosesTheContextAndClearsTheActiveProject) {
  const ProjectId id = Register("p");
  ASSERT_OK(contexts_->Switch(id));
  std::vector<ContextSwitch> seen;
  contexts_->AddObserver([&](const ContextSwitch& change) { seen.push_back(change); });
  ASSERT_OK(contexts_->Release(id));
  EXPECT_EQ(contexts_->active(), std::nullopt);
  EXPECT_EQ(contexts_->Stats().resident, 0u);
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].from, id);
  EXPECT_EQ(seen[0].to, std::nullopt);
}

TEST_F(ProjectContextManagerTest, AnObserverMayUseTheManager) {
  const ProjectId id = Register("p");
  std::optional<int64_t> said;
  contexts_->AddObserver([&](const ContextSwitch& change) {
    if (change.to.has_value()) said = Say(*change.to, "noted");
  });
  ASSERT_OK(contexts_->Switch(id));
  EXPECT_EQ(said, 1);
}

TEST_F(ProjectContextManagerTest, RefusesToHoldNoContextAtAll) {
  EXPECT_THAT(ProjectContextManager::Open(*directory_, *registry_, {.max_resident = 0}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ProjectContextManagerTest, ManyThreadsGetAGaplessConversationEach) {
  constexpr int kProjects = 6;
  constexpr int kThreads = 4;
  constexpr int kEach = 60;
  std::vector<ProjectId> ids;
  for (int i = 0; i < kProjects; ++i) ids.push_back(Register(absl::StrCat("p", i)));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(static_cast<uint32_t>(t));
      for (int i = 0; i < kEach; ++i) {
        const ProjectId& id = ids[random() % ids.size()];
        switch (random() % 4) {
          case 0:
            wrong += contexts_->Recent(id, 10).ok() ? 0 : 1;
            break;
          case 1:
            wrong += contexts_->Switch(id).ok() ? 0 : 1;
            break;
          default:
            wrong += contexts_->Append(id, {.text = "x", .metadata = {}}).ok() ? 0 : 1;
        }
        if (contexts_->Stats().resident > 3) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  for (const ProjectId& id : ids) {
    const auto messages = contexts_->Recent(id, 1'000'000);
    ASSERT_OK(messages);
    for (size_t i = 0; i < messages->size(); ++i) {
      ASSERT_EQ((*messages)[i].sequence, static_cast<int64_t>(i) + 1);
      if (i > 0) {
        ASSERT_GT((*messages)[i].wall_nanos, (*messages)[i - 1].wall_nanos);
      }
    }
  }
}

}  // namespace
}  // namespace stowage
