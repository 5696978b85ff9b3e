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
#include "stowage/context/context_tables.h"
#include "stowage/storage/database.h"
#include "tests/stowage/context/context_fixture.h"

namespace stowage {
namespace {

using loadline::testing::IsOkAndHolds;
using loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProjectContextDamageTest : public ContextFixture {};

TEST_F(ProjectContextDamageTest, MovesADamagedFileToQuarantineAndSaysWhere) {
  const ProjectId damaged = Register("damaged");
  const ProjectId other = Register("other");
  Say(damaged, std::string(3'000, 'a'));
  Say(other, "fine");
  CloseAll();
  std::string bytes = temp_.ReadFile(ContextFile(damaged));
  const size_t at = bytes.find("aaaaaaaaaaaaaaaaaaaaaaaa");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 5] = 'b';
  temp_.WriteFile(ContextFile(damaged), bytes);
  OpenAll();

  const auto refused = contexts_->Recent(damaged, 10);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("quarantine/")));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path(ContextFile(damaged))));
  EXPECT_FALSE(std::filesystem::is_empty(temp_.Path("quarantine")));
  EXPECT_THAT(Texts(other), ElementsAre("fine"));
  EXPECT_THAT(Texts(damaged), IsEmpty());
  EXPECT_EQ(Say(damaged, "anew"), 1);
}

TEST_F(ProjectContextDamageTest, RefusesTheFileOfAnotherProject) {
  const ProjectId one = Register("one");
  const ProjectId two = Register("two");
  Say(one, "of one");
  Say(two, "of two");
  CloseAll();
  temp_.WriteFile(ContextFile(two), temp_.ReadFile(ContextFile(one)));
  OpenAll();
  EXPECT_THAT(contexts_->Recent(two, 10), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Texts(one), ElementsAre("of one"));
}

TEST_F(ProjectContextDamageTest, AMutatedFileIsNeverServedAsSomethingElse) {
  const ProjectId id = Register("p");
  std::vector<std::string> texts;
  for (int i = 0; i < 20; ++i)
    texts.push_back(absl::StrCat("text number ", i, std::string(150, 'x')));
  for (const std::string& text : texts) Say(id, text);
  ASSERT_OK(contexts_->PutCache(id, "key", "value"));
  CloseAll();
  const std::string good = temp_.ReadFile(ContextFile(id));
  std::mt19937 random(3);
  int refused = 0;
  for (int round = 0; round < 60; ++round) {
    std::string bytes = good;
    const size_t at = random() % bytes.size();
    switch (round % 3) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
        break;
      case 1:
        std::fill_n(bytes.begin() + at, std::min<size_t>(512, bytes.size() - at), '\0');
        break;
      default:
        bytes.resize(at);
    }
    temp_.WriteFile(ContextFile(id), bytes);
    for (const char* log : {"-wal", "-shm", "-journal"}) {
      std::filesystem::remove(temp_.Path(ContextFile(id) + log));
    }
    OpenAll();
    const auto messages = contexts_->Recent(id, 100);
    if (messages.ok()) {
      ASSERT_EQ(Texts(id), texts) << "round " << round;
      ASSERT_THAT(contexts_->GetCache(id, "key"), IsOkAndHolds("value")) << "round " << round;
    } else {
      ASSERT_THAT(messages, StatusIs(absl::StatusCode::kDataLoss)) << "round " << round;
      ++refused;
    }
    CloseAll();
  }
  EXPECT_GT(refused, 20);
}

TEST_F(ProjectContextDamageTest, ARowWithTheLastNumberEndsTheConversationCleanly) {
  const ProjectId id = Register("p");
  Say(id, "first");
  CloseAll();
  // Whole, checksum and all; only no program of ours would have written it.
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  {
    const auto folder = loadline::Directory::Open(temp_.Path("projects/" + id.hex()));
    ASSERT_OK(folder);
    const auto db = Database::Open(**folder, "context.db", ContextSchema(), {.identity = id.hex()});
    ASSERT_OK(db);
    ASSERT_OK((*db)->Commit([&](Connection& connection) -> absl::Status {
      const absl::Status put = PutCacheRow(connection, "key", "value", kMax, 10);
      return put.ok() ? InsertMessage(connection, {.sequence = kMax, .text = "last"}).status()
                      : put;
    }));
  }
  OpenAll();
  EXPECT_THAT(contexts_->Append(id, {.text = "one more"}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(contexts_->PutCache(id, "another", "value"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Texts(id), ::testing::ElementsAre("first", "last"));
  EXPECT_OK(contexts_->GetCache(id, "key"));
}

TEST_F(ProjectContextDamageTest, CheckAllNamesTheDamagedProjectOnly) {
  const ProjectId good = Register("good");
  const ProjectId bad = Register("bad");
  Register("without a file");
  Say(good, "x");
  Say(bad, std::string(3'000, 'a'));
  EXPECT_THAT(contexts_->CheckAll(), IsEmpty());
  CloseAll();
  std::string bytes = temp_.ReadFile(ContextFile(bad));
  bytes[bytes.find("aaaaaaaaaaaa") + 5] = 'b';
  temp_.WriteFile(ContextFile(bad), bytes);
  OpenAll();
  const auto damaged = contexts_->CheckAll();
  ASSERT_THAT(damaged, SizeIs(1));
  EXPECT_EQ(damaged[0].id, bad);
  EXPECT_THAT(damaged[0].status, StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ProjectContextDamageTest, CleansUpContextsOfUnknownProjectsOnly) {
  const ProjectId known = Register("known");
  Say(known, "x");
  temp_.WriteFile("projects/" + kUnknown.hex() + "/context.db", "whatever");
  temp_.WriteFile("projects/000000000000000000000000000000bb/context.db", "whatever");
  temp_.WriteFile("projects/000000000000000000000000000000bb/vectors.db", "kept");
  temp_.WriteFile("projects/000000000000000000000000000000cc/vectors.db", "not touched");
  temp_.WriteFile("projects/not a project/context.db", "kept");
  EXPECT_THAT(contexts_->CleanUpOrphans(),
              IsOkAndHolds(ElementsAre(kUnknown.hex(), "000000000000000000000000000000bb")));
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("projects/" + kUnknown.hex())));
  EXPECT_FALSE(
      std::filesystem::exists(temp_.Path("projects/000000000000000000000000000000bb/context.db")));
  EXPECT_EQ(temp_.ReadFile("projects/000000000000000000000000000000bb/vectors.db"), "kept");
  EXPECT_EQ(temp_.ReadFile("projects/not a project/context.db"), "kept");
  EXPECT_THAT(Texts(known), ElementsAre("x"));
}

}  // namespace
}  // namespace stowage
