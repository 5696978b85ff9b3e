#include "stowage/vector/row_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "loadline/base/directory.h"
#include "tests/support/failing_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {
namespace {

using ::loadline::testing::FailingFileSystem;
using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;

constexpr char kValuesName[] = "values";

class RowValuesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = loadline::Directory::Open(temp_.path(), fs_);
    ASSERT_OK(folder);
    folder_ = *std::move(folder);
    values_ = RowValues::Create(*folder_, kValuesName, 2);
  }
  absl::StatusOr<std::vector<float>> Read(uint32_t row) const {
    std::vector<float> values(2);
    const absl::Status status = values_->Read(row, absl::MakeSpan(values));
    if (!status.ok()) return status;
    return values;
  }
  const loadline::testing::TempDir temp_;
  FailingFileSystem fs_;
  std::unique_ptr<loadline::Directory> folder_;
  std::shared_ptr<RowValues> values_;
};

TEST_F(RowValuesTest, GivesWhatWasWritten) {
  values_->Write(3, {1, 2});
  EXPECT_THAT(Read(3), IsOkAndHolds(ElementsAre(1, 2)));
}

TEST_F(RowValuesTest, ReadsARowOnceThatIsAskedForTwice) {
  values_->Write(3, {1, 2});
  ASSERT_OK(Read(3));
  fs_.FailNth(1, EIO);
  EXPECT_THAT(Read(3), IsOkAndHolds(ElementsAre(1, 2)));
}

TEST_F(RowValuesTest, GivesNothingOfWhatWasInARowBefore) {
  values_->Write(3, {1, 2});
  ASSERT_OK(Read(3));
  values_->Write(3, {5, 6});
  EXPECT_THAT(Read(3), IsOkAndHolds(ElementsAre(5, 6)));
}

TEST_F(RowValuesTest, GivesNothingOldWhereTheNewCouldNotBeWritten) {
  values_->Write(3, {1, 2});
  fs_.FailNth(1, ENOSPC);
  values_->Write(3, {5, 6});
  EXPECT_THAT(Read(3), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(RowValuesTest, TakesItsFileWithIt) {
  values_->Write(3, {1, 2});
  EXPECT_THAT(folder_->Exists(kValuesName), IsOkAndHolds(true));
  values_.reset();
  EXPECT_THAT(folder_->Exists(kValuesName), IsOkAndHolds(false));
}

TEST_F(RowValuesTest, HasNothingWhereItsFileCannotBeMade) {
  fs_.FailNth(2, EROFS);
  const auto values = RowValues::Create(*folder_, "other", 2);
  values->Write(0, {1, 2});
  std::vector<float> row(2);
  EXPECT_THAT(values->Read(0, absl::MakeSpan(row)), StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace stowage
