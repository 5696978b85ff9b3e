// Files whose rows are whole, checksums and all, and that no registry wrote: two rows with one name
// or one id, numbers at the end of their range. And what such numbers do to what comes next.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "stowage/registry/registry_table.h"
#include "stowage/storage/database.h"
#include "tests/stowage/registry/registry_fixture.h"

namespace stowage {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::HasSubstr;
using testing::Name;
using testing::Project;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

class RegistryFileTest : public testing::RegistryTest {
 protected:
  // Writes into the closed file, with right checksums.
  void Write(absl::FunctionRef<absl::Status(Connection&)> write) {
    registry_.reset();
    auto db = Database::Open(*directory_, "registry.db", RegistryTable::FileSchema(),
                             {.identity = "registry"});
    ASSERT_OK(db);
    ASSERT_OK((*db)->Commit(write));
  }
  static ProjectRecord Record(int64_t sequence, absl::string_view name, uint8_t id) {
    return {.id = *ProjectId::FromBytes(std::string(16, static_cast<char>(id))),
            .name = Name(name),
            .source_path = "/src",
            .language = {},
            .metadata = {},
            .sequence = sequence,
            .created_wall_nanos = sequence,
            .updated_wall_nanos = sequence};
  }
  void WriteRecords(const std::vector<ProjectRecord>& records) {
    Write([&](Connection& connection) {
      absl::Status status;
      for (const ProjectRecord& record : records) {
        status.Update(RegistryTable::Insert(connection, record));
      }
      return status;
    });
  }
  absl::Status OpenStatus() { return ProjectRegistry::Open(*directory_, options_).status(); }
};

TEST_F(RegistryFileTest, WithANameTwiceIsDamaged) {
  WriteRecords({Record(1, "twin", 1), Record(2, "twin", 2)});
  const std::string before = dir_.ReadFile("registry.db");
  EXPECT_THAT(OpenStatus(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("twice")));
  EXPECT_EQ(dir_.ReadFile("registry.db"), before) << "damage is evidence";
}

TEST_F(RegistryFileTest, WithAnIdTwiceIsDamaged) {
  WriteRecords({Record(1, "one", 1), Record(2, "two", 1)});
  EXPECT_THAT(OpenStatus(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("twice")));
}

TEST_F(RegistryFileTest, WithASequenceNumberThatIsNeverGivenIsDamaged) {
  for (const int64_t sequence : {int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::min()}) {
    WriteRecords({Record(sequence, "p" + std::to_string(sequence), 1)});
    EXPECT_THAT(OpenStatus(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("start at 1")));
    Write([&](Connection& connection) {
      return RegistryTable::Delete(connection, sequence).status();
    });
  }
  EXPECT_OK(OpenStatus());
}

TEST_F(RegistryFileTest, WithTheLastSequenceNumberTakesNoMoreProjects) {
  WriteRecords({Record(kMax, "last", 1)});
  Reopen();
  EXPECT_THAT(registry_->Register(Project("one more")),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("sequence number")));
  EXPECT_THAT(testing::Names(registry_->List()), ::testing::ElementsAre("last"));
}

TEST_F(RegistryFileTest, WithTheLastSequenceNumberRetiredTakesNoMoreProjects) {
  Write([](Connection& connection) { return RegistryTable::SetRetiredSequence(connection, kMax); });
  Reopen();
  EXPECT_THAT(registry_->Register(Project("one more")),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(RegistryFileTest, WithTimesAtTheEndOfTheirRangeStaysThere) {
  ProjectRecord record = Record(1, "late", 1);
  record.created_wall_nanos = record.updated_wall_nanos = kMax;
  WriteRecords({record});
  Reopen();
  const ProjectId id = Register("later");
  EXPECT_EQ((*registry_->Get(id))->created_wall_nanos, kMax);
  ASSERT_OK(registry_->UpdateMetadata(record.id, {{"a", "b"}}));
  EXPECT_EQ((*registry_->Get(record.id))->updated_wall_nanos, kMax);
}

TEST_F(RegistryFileTest, WithAnActiveProjectThatIsNotThereIsDamaged) {
  Write([](Connection& connection) {
    return RegistryTable::SetActive(connection, *ProjectId::FromBytes(std::string(16, 'x')));
  });
  EXPECT_THAT(OpenStatus(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("active project")));
}

}  // namespace
}  // namespace stowage
