// Values that no caller should hand over, and that cost nothing when one does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "stowage/registry/registry_table.h"
#include "stowage/storage/database.h"
#include "tests/stowage/registry/registry_fixture.h"
#include "tests/support/quiet_log.h"

namespace stowage {
namespace {

using loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using RegistryValues = testing::RegistryTest;

TEST_F(RegistryValues, AStatusThatThereIsNoneOfIsRefusedAndNothingIsLost) {
  const ProjectId id = Register("kept");
  for (const int status : {-3, 5, 1'000}) {
    EXPECT_THAT(registry_->SetStatus(id, static_cast<ProjectStatus>(status)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(id.hex()), HasSubstr(std::to_string(status)),
                               HasSubstr("4 (removing)"))));
  }
  Reopen();
  EXPECT_THAT(testing::Names(registry_->List()), ElementsAre("kept"));
}

TEST_F(RegistryValues, NoProjectHasAStatusThatThereIsNoneOf) {
  Register("a");
  const ProjectFilter odd = {.status = static_cast<ProjectStatus>(64)};
  EXPECT_THAT(registry_->List(odd), IsEmpty());
  EXPECT_EQ(registry_->Count(odd), 0u);
  EXPECT_THAT(registry_->ListPage(odd, 0, 10), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(RegistryValues, APageStartsAndEndsAnywhere) {
  Register("a");
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();
  const auto all = registry_->ListPage({}, kLowest, std::numeric_limits<size_t>::max());
  ASSERT_OK(all);
  EXPECT_THAT(all->projects, SizeIs(1));
  const auto none = registry_->ListPage({}, kHighest, 1);
  ASSERT_OK(none);
  EXPECT_THAT(none->projects, IsEmpty());
}

TEST_F(RegistryValues, AStatusThatAnOlderProgramWroteUncheckedIsReadAsFailed) {
  const ProjectId odd = Register("odd");
  Register("other");
  ProjectRecord record = **registry_->Get(odd);
  registry_.reset();
  record.status = static_cast<ProjectStatus>(9);
  {
    const auto db = Database::Open(*directory_, "registry.db", RegistryTable::FileSchema(),
                                   {.identity = "registry"});
    ASSERT_OK(db);
    ASSERT_OK((*db)->Commit(
        [&](Connection& connection) { return RegistryTable::Update(connection, record); }));
  }
  const loadline::testing::QuietLog quiet;
  Reopen();
  EXPECT_THAT(testing::Names(registry_->List()), ElementsAre("odd", "other"));
  EXPECT_EQ((*registry_->Get(odd))->status, ProjectStatus::kFailed);
  EXPECT_EQ(registry_->Count({.status = ProjectStatus::kFailed}), 1u);
}

}  // namespace
}  // namespace stowage
