// Values that no caller should hand over, and that cost nothing when one does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "loadline/base/log.h"
#include "stowage/context/context_tables.h"
#include "stowage/storage/database.h"
#include "tests/stowage/context/context_fixture.h"
#include "tests/support/quiet_log.h"

namespace stowage {
namespace {

using loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

using ContextValues = ContextFixture;

constexpr int64_t kNumbers[] = {-1,
                                -2'000'000'000'000,
                                std::numeric_limits<int64_t>::min(),
                                0,
                                77,
                                std::numeric_limits<int64_t>::max()};

TEST_F(ContextValues, NoNumberOfAMessageIsFoundWhereNothingWasWritten) {
  const ProjectId id = Register("p");
  for (const int64_t number : kNumbers) {
    EXPECT_THAT(contexts_->Get(id, number), StatusIs(absl::StatusCode::kNotFound)) << number;
  }
  EXPECT_FALSE(directory_->Exists("projects").value_or(true)) << "asking made something";
}

TEST_F(ContextValues, NoNumberIsFoundThatWasNotGiven) {
  const ProjectId id = Register("p");
  ContextOptions small;
  small.max_resident_bytes = 3'000;
  Reopen(small);
  for (int i = 0; i < 20; ++i) Say(id, std::string(300, 'x'));
  for (const int64_t number : kNumbers) {
    EXPECT_THAT(contexts_->Get(id, number), StatusIs(absl::StatusCode::kNotFound)) << number;
  }
  EXPECT_OK(contexts_->Get(id, 1));
}

TEST_F(ContextValues, HugeLimitsAreTheSameAsAll) {
  const ProjectId id = Register("p");
  const size_t huge = std::numeric_limits<size_t>::max();
  EXPECT_THAT(Texts(id, huge), IsEmpty());
  Say(id, "only");
  EXPECT_THAT(Texts(id, huge), ElementsAre("only"));
  EXPECT_OK(contexts_->Prune(id, {.keep = huge, .keep_recent = huge}));
  EXPECT_OK(contexts_->Prune(id, {.keep = 0, .keep_recent = huge}));
  EXPECT_THAT(Texts(id, huge), IsEmpty());
}

TEST_F(ContextValues, ARoleThatThereIsNoneOfIsRefusedAndNothingIsLost) {
  const ProjectId id = Register("p");
  Say(id, "kept");
  for (const int role : {-1, 4, 200}) {
    EXPECT_THAT(contexts_->Append(id, {.role = static_cast<MessageRole>(role), .text = "odd"}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("role " + std::to_string(role)), HasSubstr("tool"))));
  }
  Reopen();
  EXPECT_THAT(Texts(id), ElementsAre("kept"));
}

TEST_F(ContextValues, ARoleThatAnOlderProgramWroteUncheckedIsReadAsAUsers) {
  const ProjectId id = Register("p");
  Say(id, "first");
  CloseAll();
  {
    const auto folder = loadline::Directory::Open(temp_.Path("projects/" + id.hex()));
    ASSERT_OK(folder);
    const auto db = Database::Open(**folder, "context.db", ContextSchema(), {.identity = id.hex()});
    ASSERT_OK(db);
    ASSERT_OK((*db)->Commit([](Connection& connection) {
      return InsertMessage(connection,
                           {.sequence = 2, .role = static_cast<MessageRole>(11), .text = "second"})
          .status();
    }));
  }
  std::vector<loadline::LogRecord> records;
  const loadline::testing::QuietLog quiet;  // ends the sink before what it writes to
  loadline::SetLogSink([&](const loadline::LogRecord& record) { records.push_back(record); });
  OpenAll();
  EXPECT_THAT(Texts(id), ElementsAre("first", "second"));
  ASSERT_THAT(records, Not(IsEmpty()));
  EXPECT_THAT(records[0].fields,
              Contains(Pair("file", temp_.Path("projects/" + id.hex() + "/context.db"))));
  const auto second = contexts_->Get(id, 2);
  ASSERT_OK(second);
  EXPECT_EQ(second->role, MessageRole::kUser);
  EXPECT_FALSE(directory_->Exists("quarantine").value_or(true));
}

}  // namespace
}  // namespace stowage
