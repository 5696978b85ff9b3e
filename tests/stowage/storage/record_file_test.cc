#include "stowage/storage/record_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <string>
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
using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr size_t kBytes = 24;
constexpr char kRecordsName[] = "records";

class RecordFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = loadline::Directory::Open(temp_.path(), fs_);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
    auto file = RecordFile::Create(*directory_, kRecordsName, kBytes);
    ASSERT_OK(file);
    file_ = *std::move(file);
  }

  static std::vector<std::byte> Record(char letter) {
    return std::vector<std::byte>(kBytes, static_cast<std::byte>(letter));
  }
  absl::Status Write(uint32_t number, char letter) { return file_->Write(number, Record(letter)); }
  absl::StatusOr<char> Read(uint32_t number) const {
    std::vector<std::byte> record(kBytes);
    const absl::Status status = file_->Read(number, absl::MakeSpan(record));
    if (!status.ok()) return status;
    return static_cast<char>(record[kBytes - 1]);
  }
  // Turns one bit of the file.
  void Flip(size_t offset) const {
    std::fstream stream(temp_.path() + "/" + kRecordsName,
                        std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    const auto byte = static_cast<char>(stream.get() ^ 1);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.put(byte);
  }

  const TempDir temp_;
  FailingFileSystem fs_;
  std::unique_ptr<loadline::Directory> directory_;
  std::unique_ptr<RecordFile> file_;
};

TEST_F(RecordFileTest, ReadsWhatWasWrittenAlsoWhenOpenedAnew) {
  ASSERT_OK(Write(0, 'a'));
  ASSERT_OK(Write(7, 'h'));
  ASSERT_OK(Write(0, 'z'));
  file_->Keep(true);
  auto opened = RecordFile::Open(*directory_, kRecordsName, kBytes);
  ASSERT_OK(opened);
  file_ = *std::move(opened);
  EXPECT_EQ(*Read(0), 'z');
  EXPECT_EQ(*Read(7), 'h');
}

TEST_F(RecordFileTest, ReadsARunInOneCall) {
  for (uint32_t i = 0; i < 4; ++i) ASSERT_OK(Write(i, static_cast<char>('a' + i)));
  fs_.FailNth(2, EIO);
  std::vector<char> letters;
  ASSERT_OK(file_->ReadRun(1, 3, [&](uint32_t number, absl::Span<const std::byte> record) {
    EXPECT_EQ(letters.size() + 1, number);
    letters.push_back(static_cast<char>(record[0]));
  }));
  EXPECT_THAT(letters, ElementsAre('b', 'c', 'd'));
}

TEST_F(RecordFileTest, SeesThatARecordWasNeverWritten) {
  ASSERT_OK(Write(2, 'c'));
  EXPECT_THAT(Read(1), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("record 1")));
  EXPECT_THAT(Read(3), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("record 3")));
}

TEST_F(RecordFileTest, SeesEveryDamagedByteOfARecord) {
  ASSERT_OK(Write(1, 'b'));
  const size_t start = 4096 + (kBytes + 4);
  for (size_t i = 0; i < kBytes + 4; ++i) {
    Flip(start + i);
    EXPECT_THAT(Read(1), StatusIs(absl::StatusCode::kDataLoss)) << i;
    Flip(start + i);
  }
  EXPECT_EQ(*Read(1), 'b');
}

TEST_F(RecordFileTest, SeesARecordInAnothersPlace) {
  ASSERT_OK(Write(0, 'a'));
  std::ifstream in(temp_.path() + "/" + kRecordsName, std::ios::binary);
  std::string content((std::istreambuf_iterator<char>(in)), {});
  content += content.substr(4096);
  std::ofstream(temp_.path() + "/" + kRecordsName, std::ios::binary) << content;
  EXPECT_THAT(Read(1), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(RecordFileTest, IsRemovedAtTheEndUnlessItIsKept) {
  file_->Keep(true);
  file_.reset();
  EXPECT_THAT(directory_->Exists(kRecordsName), IsOkAndHolds(true));
  auto file = RecordFile::Open(*directory_, kRecordsName, kBytes);
  ASSERT_OK(file);
  (*file)->Keep(false);
  file->reset();
  EXPECT_THAT(directory_->Exists(kRecordsName), IsOkAndHolds(false));
}

TEST_F(RecordFileTest, IsOpenedOnlyByItsOwnSizeOfRecord) {
  EXPECT_THAT(RecordFile::Open(*directory_, kRecordsName, kBytes + 1),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("records of 25 bytes")));
  std::ofstream(temp_.path() + "/" + kRecordsName) << "StRecord";
  EXPECT_THAT(RecordFile::Open(*directory_, kRecordsName, kBytes),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(RecordFile::Open(*directory_, "none", kBytes), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RecordFileTest, ServesNothingOldOfARecordThatCouldNotBeWritten) {
  ASSERT_OK(Write(0, 'a'));
  ASSERT_OK(Write(1, 'b'));
  fs_.FailNth(1, ENOSPC);
  EXPECT_THAT(Write(1, 'c'), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(*Read(0), 'a');
  EXPECT_THAT(Read(1), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("could not be written")));
  EXPECT_THAT(file_->Sync(), StatusIs(absl::StatusCode::kDataLoss));
  ASSERT_OK(Write(1, 'd'));
  EXPECT_EQ(*Read(1), 'd');
  EXPECT_OK(file_->Sync());
}

}  // namespace
}  // namespace stowage
