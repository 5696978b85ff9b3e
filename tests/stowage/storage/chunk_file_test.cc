#include "stowage/storage/chunk_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "loadline/base/directory.h"
#include "loadline/base/status_macros.h"
#include "tests/support/failing_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {
namespace {

using ::loadline::testing::FailingFileSystem;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr ChunkFileKind kKind = {7, 2};
constexpr char kChunksName[] = "chunks";
const std::vector<uint16_t> kFirst = {1, 2, 3};
const std::vector<uint16_t> kSecond = {4, 5, 6};

class ChunkFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = loadline::Directory::Open(temp_.path(), fs_);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
  }

  absl::Status Write(ChunkFileKind kind = kKind) const {
    LOADLINE_ASSIGN_OR_RETURN(const auto writer,
                              ChunkWriter::Create(*directory_, kChunksName, kind));
    LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(kFirst)));
    LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(kSecond)));
    return writer->Commit();
  }
  // Two chunks that are what Write() wrote, and no more.
  absl::Status Read() const {
    LOADLINE_ASSIGN_OR_RETURN(const auto reader,
                              ChunkReader::Open(*directory_, kChunksName, kKind));
    std::vector<uint16_t> first(3);
    LOADLINE_RETURN_IF_ERROR(reader->ReadAll(absl::MakeSpan(first)));
    LOADLINE_ASSIGN_OR_RETURN(const std::vector<std::byte> second, reader->ReadVector<std::byte>());
    EXPECT_EQ(first, kFirst);
    EXPECT_THAT(second, SizeIs(6));
    return reader->Finish();
  }
  std::string Content() const {
    std::ifstream in(temp_.path() + "/" + kChunksName, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void SetContent(const std::string& content) const {
    std::ofstream(temp_.path() + "/" + kChunksName, std::ios::binary) << content;
  }

  const TempDir temp_;
  FailingFileSystem fs_;
  std::unique_ptr<loadline::Directory> directory_;
};

TEST_F(ChunkFileTest, ReadsWhatWasWritten) {
  ASSERT_OK(Write());
  EXPECT_OK(Read());
}

TEST_F(ChunkFileTest, SeesEveryDamagedByte) {
  ASSERT_OK(Write());
  const std::string content = Content();
  for (size_t i = 0; i < content.size(); ++i) {
    std::string damaged = content;
    damaged[i] ^= 4;
    SetContent(damaged);
    EXPECT_FALSE(Read().ok()) << "byte " << i;
  }
}

TEST_F(ChunkFileTest, SeesThatItIsCutOffAnywhereOrGoesOn) {
  ASSERT_OK(Write());
  const std::string content = Content();
  for (size_t size = 0; size < content.size(); ++size) {
    SetContent(content.substr(0, size));
    EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss)) << size << " bytes";
  }
  SetContent(content + "x");
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("end of the file")));
}

TEST_F(ChunkFileTest, SeesChunksThatChangedPlaces) {
  ASSERT_OK(Write());
  std::string content = Content();
  const size_t chunk = 16 + 6;
  SetContent(content.substr(0, 16) + content.substr(16 + chunk, chunk) + content.substr(16, chunk) +
             content.substr(16 + 2 * chunk));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("chunk 0")));
}

TEST_F(ChunkFileTest, HasNoChunkBehindTheLast) {
  ASSERT_OK(Write());
  const auto reader = ChunkReader::Open(*directory_, kChunksName, kKind);
  ASSERT_OK(reader);
  ASSERT_OK((*reader)->ReadVector<std::byte>());
  ASSERT_OK((*reader)->ReadVector<std::byte>());
  EXPECT_THAT((*reader)->ReadVector<std::byte>(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("chunk 2 is missing")));
}

TEST_F(ChunkFileTest, SeesAChunkOfAnotherSizeThanWanted) {
  ASSERT_OK(Write());
  const auto reader = ChunkReader::Open(*directory_, kChunksName, kKind);
  ASSERT_OK(reader);
  std::vector<uint16_t> more(4);
  EXPECT_THAT((*reader)->ReadAll(absl::MakeSpan(more)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("has 6 bytes, want 8")));
}

TEST_F(ChunkFileTest, TellsOtherKindsAndVersions) {
  ASSERT_OK(Write({8, 2}));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another kind")));
  ASSERT_OK(Write({7, 3}));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer")));
  ASSERT_OK(Write({7, 1}));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("format 1, want 2")));
  EXPECT_THAT(ChunkReader::Open(*directory_, "none", kKind), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ChunkFileTest, StandsAsItWasWhenItsReplacementFailsAnywhere) {
  ASSERT_OK(Write());
  const std::string content = Content();
  constexpr int kMost = 100;
  for (int n = 1; n < kMost; ++n) {
    fs_.FailNth(n, ENOSPC);
    const absl::Status status = Write();
    if (!fs_.failed()) {
      EXPECT_GT(n, 5);
      return;
    }
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted)) << "call " << n;
    EXPECT_EQ(Content(), content);
    EXPECT_THAT(*directory_->List(), SizeIs(1)) << "call " << n;
  }
  FAIL() << "no end of calls";
}

}  // namespace
}  // namespace stowage
