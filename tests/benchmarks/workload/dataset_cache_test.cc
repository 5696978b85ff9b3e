#include "benchmarks/workload/dataset_cache.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/workload/dataset_stamp.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadline/base/log.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// One vector with the first byte of a file as its only value; counts what it is asked for.
class OneByteSource : public DatasetSource {
 public:
  explicit OneByteSource(std::string path) : path_(std::move(path)) {}

  ContentKey RequestKey() const override { return {1, 2}; }
  absl::StatusOr<Inputs> Inspect() override {
    ++inspections;
    struct stat stat;
    if (::stat(path_.c_str(), &stat) != 0) return absl::NotFoundError(path_);
    std::ifstream in(path_);
    byte_ = static_cast<char>(in.get());
    return Inputs{.key = ContentHasher().Add({&byte_, 1}).key(),
                  .watched = {MakeWatchedPath(path_, stat)}};
  }
  absl::StatusOr<DatasetContent> Build() override {
    ++builds;
    if (!build_status.ok()) return build_status;
    DatasetContent content;
    content.dimension = 1;
    content.vectors = {static_cast<float>(byte_)};
    content.queries = {1};
    content.truths =
        ExactNeighbors(content.vector_matrix(), content.query_matrix(), 1, kAllDistances);
    return content;
  }

  int inspections = 0;
  int builds = 0;
  absl::Status build_status;

 private:
  std::string path_;
  char byte_ = 0;
};

class DatasetCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_.WriteFile("input", "a");
    SetLogSink([this](const LogRecord& record) { records_.push_back(record); });
  }
  void TearDown() override { SetLogSink(nullptr); }

  // Another time stamp, whatever the clock's resolution.
  void WriteInput(const std::string& content) {
    dir_.WriteFile("input", content);
    const auto before = std::filesystem::last_write_time(dir_.Path("input"));
    std::filesystem::last_write_time(dir_.Path("input"), before + std::chrono::seconds(++writes_));
  }

  std::vector<std::string> Files(const std::string& extension) const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.Path("cache"))) {
      if (entry.path().extension() == extension) files.push_back(entry.path().filename().string());
    }
    return files;
  }

  void Damage(const std::string& file) const {
    std::string bytes = dir_.ReadFile("cache/" + file);
    bytes[bytes.size() / 2] ^= 1;
    dir_.WriteFile("cache/" + file, bytes);
  }

  float OpenValue(OneByteSource& source) const {
    const auto cached = OpenCached(dir_.Path("cache"), source);
    EXPECT_THAT(cached, IsOk());
    return cached.ok() ? cached->dataset->vector(0)[0] : -1;
  }

  TempDir dir_;
  OneByteSource source_{dir_.Path("input")};
  std::vector<LogRecord> records_;
  int writes_ = 0;
};

TEST_F(DatasetCacheTest, BuildsOnceAndThenLooksAtNoInput) {
  const auto first = OpenCached(dir_.Path("cache"), source_);
  const auto second = OpenCached(dir_.Path("cache"), source_);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(first->built);
  EXPECT_FALSE(second->built);
  EXPECT_EQ(source_.inspections, 1);
  EXPECT_EQ(source_.builds, 1);
  EXPECT_THAT(records_, IsEmpty());
}

TEST_F(DatasetCacheTest, MakesAnotherSetForAnotherInputAndRemovesTheOld) {
  EXPECT_EQ(OpenValue(source_), 'a');
  WriteInput("b");
  EXPECT_EQ(OpenValue(source_), 'b');
  EXPECT_EQ(source_.builds, 2);
  EXPECT_THAT(Files(".dataset"), SizeIs(1));
}

TEST_F(DatasetCacheTest, OpensWhatWasMadeAndMakesNothing) {
  EXPECT_THAT(OpenMade(dir_.Path("cache"), source_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(OpenValue(source_), 'a');
  const auto made = OpenMade(dir_.Path("cache"), source_);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ((*made)->vector(0)[0], 'a');
  WriteInput("b");
  EXPECT_THAT(OpenMade(dir_.Path("cache"), source_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(source_.builds, 1);
}

TEST_F(DatasetCacheTest, TellsTheKeyOfWhatWasMadeForThePresentInputs) {
  const std::string folder = dir_.Path("cache");
  EXPECT_THAT(MadeKey(folder, source_), StatusIs(absl::StatusCode::kNotFound));
  const auto made = OpenCached(folder, source_);
  ASSERT_THAT(made, IsOk());
  const auto key = MadeKey(folder, source_);
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(*key, made->dataset->key());
  EXPECT_EQ(source_.inspections, 1);
  WriteInput("b");
  EXPECT_THAT(MadeKey(folder, source_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DatasetCacheTest, ASetThatIsOpenSurvivesItsRemoval) {
  const auto old = OpenCached(dir_.Path("cache"), source_);
  WriteInput("b");
  OpenValue(source_);
  EXPECT_EQ(old->dataset->vector(0)[0], 'a');
}

TEST_F(DatasetCacheTest, AnInputOnlyTouchedIsInspectedButNotBuiltAgain) {
  OpenValue(source_);
  WriteInput("a");
  EXPECT_EQ(OpenValue(source_), 'a');
  EXPECT_EQ(source_.inspections, 2);
  EXPECT_EQ(source_.builds, 1);
  OpenValue(source_);
  EXPECT_EQ(source_.inspections, 2);
}

TEST_F(DatasetCacheTest, ADamagedSetIsReportedAndMadeAnew) {
  OpenValue(source_);
  Damage(Files(".dataset").at(0));
  EXPECT_EQ(OpenValue(source_), 'a');
  EXPECT_EQ(source_.builds, 2);
  ASSERT_FALSE(records_.empty());
  EXPECT_EQ(records_[0].level, LogLevel::kWarning);
  EXPECT_EQ(records_[0].component, "workload");
  EXPECT_THAT(records_[0].fields, Contains(Pair("file", ::testing::EndsWith(".dataset"))));
  records_.clear();
  OpenValue(source_);
  EXPECT_THAT(records_, IsEmpty());
}

TEST_F(DatasetCacheTest, ADamagedStampIsReportedAndMadeAnew) {
  OpenValue(source_);
  Damage(Files(".stamp").at(0));
  EXPECT_EQ(OpenValue(source_), 'a');
  EXPECT_EQ(source_.inspections, 2);
  EXPECT_EQ(source_.builds, 1);
  ASSERT_FALSE(records_.empty());
  EXPECT_THAT(records_[0].fields, Contains(Pair("file", ::testing::EndsWith(".stamp"))));
}

TEST_F(DatasetCacheTest, ASetThatIsGoneIsMadeAnew) {
  OpenValue(source_);
  std::filesystem::remove(dir_.Path("cache/" + Files(".dataset").at(0)));
  EXPECT_EQ(OpenValue(source_), 'a');
  EXPECT_EQ(source_.builds, 2);
}

TEST_F(DatasetCacheTest, AFailedBuildLeavesNothingBehind) {
  source_.build_status = absl::ResourceExhaustedError("planted");
  EXPECT_THAT(OpenCached(dir_.Path("cache"), source_),
              StatusIs(absl::StatusCode::kResourceExhausted, ::testing::HasSubstr("planted")));
  EXPECT_THAT(Files(".dataset"), IsEmpty());
  EXPECT_THAT(Files(".stamp"), IsEmpty());
  source_.build_status = absl::OkStatus();
  EXPECT_EQ(OpenValue(source_), 'a');
}

TEST_F(DatasetCacheTest, AFolderThatCannotBeMadeIsAnError) {
  EXPECT_FALSE(OpenCached(dir_.Path("input/cache"), source_).ok());
}

TEST_F(DatasetCacheTest, OneOfManyAtOnceBuilds) {
  std::atomic<int> builds{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      OneByteSource source(dir_.Path("input"));
      EXPECT_EQ(OpenValue(source), 'a');
      builds += source.builds;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(builds, 1);
}

TEST(DatasetStamp, ReadsBackWhatWasWritten) {
  const DatasetStamp stamp{.key = {3, 4},
                           .watched = {{.path = "/a", .size = 5, .modified_nanos = -6},
                                       {.path = "", .size = 0, .modified_nanos = 0}}};
  const auto decoded = DecodeStamp(EncodeStamp(stamp));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->key, stamp.key);
  ASSERT_EQ(decoded->watched.size(), 2u);
  EXPECT_EQ(decoded->watched[0].path, "/a");
  EXPECT_EQ(decoded->watched[0].size, 5u);
  EXPECT_EQ(decoded->watched[0].modified_nanos, -6);
}

TEST(DatasetStamp, RefusesEveryChangedByteAndEveryCut) {
  const std::string bytes =
      EncodeStamp({.key = {3, 4}, .watched = {{.path = "/a", .size = 5, .modified_nanos = 6}}});
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 4;
    EXPECT_THAT(DecodeStamp(damaged), StatusIs(absl::StatusCode::kDataLoss)) << i;
    EXPECT_THAT(DecodeStamp(bytes.substr(0, i)), StatusIs(absl::StatusCode::kDataLoss)) << i;
  }
}

}  // namespace
}  // namespace loadline::workload
