#include "stowage/storage/quarantine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "loadline/base/directory.h"
#include "loadline/base/log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {
namespace {

using ::loadline::Directory;
using ::loadline::testing::FakeClock;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;

class QuarantineTest : public ::testing::Test {
 protected:
  QuarantineTest() : root_(*Directory::Open(dir_.path())) {
    loadline::SetLogSink(
        [this](const loadline::LogRecord& record) { logged_.push_back(FormatLogRecord(record)); });
  }
  ~QuarantineTest() override { loadline::SetLogSink(nullptr); }

  absl::StatusOr<QuarantinedFile> Quarantine() {
    return QuarantineFile(*root_, *root_, "a.db", "a.db", absl::DataLossError("it lies"), clock_);
  }

  TempDir dir_;
  std::unique_ptr<Directory> root_;
  FakeClock clock_;
  std::vector<std::string> logged_;
};

TEST_F(QuarantineTest, MovesTheFileWithItsLogAndSaysWhere) {
  dir_.WriteFile("a.db", "file");
  dir_.WriteFile("a.db-wal", "log");
  const auto moved = Quarantine();
  ASSERT_OK(moved);
  EXPECT_EQ(moved->file, dir_.Path("a.db"));
  EXPECT_EQ(moved->moved_to, dir_.Path("quarantine/a.db-20231114T221320Z-1"));
  EXPECT_EQ(moved->reason, "it lies");
  EXPECT_EQ(dir_.ReadFile("quarantine/a.db-20231114T221320Z-1"), "file");
  EXPECT_EQ(dir_.ReadFile("quarantine/a.db-20231114T221320Z-1-wal"), "log");
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("a.db")));
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("a.db-wal")));
  ASSERT_EQ(logged_.size(), 1u);
  EXPECT_THAT(logged_[0], HasSubstr("level=warning component=storage"));
  EXPECT_THAT(logged_[0], HasSubstr("it lies"));
}

TEST_F(QuarantineTest, OverwritesNothing) {
  for (const char* content : {"first", "second", "third"}) {
    dir_.WriteFile("a.db", content);
    ASSERT_OK(Quarantine());
  }
  EXPECT_EQ(dir_.ReadFile("quarantine/a.db-20231114T221320Z-1"), "first");
  EXPECT_EQ(dir_.ReadFile("quarantine/a.db-20231114T221320Z-2"), "second");
  EXPECT_EQ(dir_.ReadFile("quarantine/a.db-20231114T221320Z-3"), "third");
}

TEST_F(QuarantineTest, TakesALogWhoseFileIsGone) {
  dir_.WriteFile("a.db-wal", "log");
  ASSERT_OK(Quarantine());
  EXPECT_EQ(dir_.ReadFile("quarantine/a.db-20231114T221320Z-1-wal"), "log");
}

TEST_F(QuarantineTest, FindsNothingToMove) {
  EXPECT_THAT(Quarantine(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(logged_.empty());
}

TEST(Quarantine, IsForDamageOnly) {
  EXPECT_TRUE(IsDamage(absl::DataLossError("")));
  for (const absl::Status& status :
       {absl::OkStatus(), absl::UnavailableError(""), absl::ResourceExhaustedError(""),
        absl::FailedPreconditionError(""), absl::PermissionDeniedError("")}) {
    EXPECT_FALSE(IsDamage(status));
  }
}

}  // namespace
}  // namespace stowage
