#include "benchmarks/workload/dataset.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/workload/dataset_content.h"
#include "benchmarks/workload/dataset_encoder.h"
#include "benchmarks/workload/dataset_format.h"
#include "benchmarks/workload/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadline/base/crc32c.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr size_t kSetRows = 300;
constexpr size_t kSetQueries = 5;
constexpr size_t kSetDimension = 128;  // rows fill more than two checksummed blocks

DatasetContent MakeContent() {
  DatasetContent content;
  content.dimension = kSetDimension;
  Random random(1);
  for (size_t i = 0; i < kSetRows * kSetDimension; ++i) {
    content.vectors.push_back(static_cast<float>(random.Uniform()));
  }
  for (size_t i = 0; i < kSetQueries * kSetDimension; ++i) {
    content.queries.push_back(static_cast<float>(random.Uniform()));
  }
  for (size_t rows : {size_t{100}, kSetRows}) {
    for (NeighborTable& table : ExactNeighbors(content.vector_matrix().first(rows),
                                               content.query_matrix(), 10, kAllDistances)) {
      content.truths.push_back(std::move(table));
    }
  }
  for (uint32_t p = 0; p < 2; ++p) {
    DatasetContent::Project project;
    project.name = "project " + std::to_string(p);
    project.source_path = "/src/" + std::to_string(p);
    project.language = "cpp";
    project.metadata = {{"files", "1"}, {"root", "/src"}};
    project.first_row = p * 200;
    project.row_count = p == 0 ? 200 : 100;
    project.first_query = p * 3;
    project.query_count = p == 0 ? 3 : 2;
    content.projects.push_back(project);
    DatasetContent::File file;
    file.path = "file" + std::to_string(p) + ".cc";
    file.language = "cpp";
    file.project = p;
    content.files.push_back(file);
  }
  for (uint32_t i = 0; i < kSetRows + kSetQueries; ++i) {
    DatasetContent::Chunk chunk;
    chunk.file = i < 200 ? 0 : 1;
    chunk.first_line = i * 20 + 1;
    chunk.last_line = i * 20 + 20;
    chunk.text = "text of chunk " + std::to_string(i);
    content.chunks.push_back(chunk);
  }
  return content;
}

class DatasetTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<const Dataset>> Open(const std::string& bytes,
                                                      size_t max_rows = SIZE_MAX) {
    DatasetOptions options;
    options.max_rows = max_rows;
    return Dataset::Open(dir_.WriteFile("x.dataset", bytes), options);
  }
  std::string Bytes() const { return EncodeDataset(content_, {7, 9}); }

  // A file whose header is as `change` leaves it, with a right checksum.
  template <typename Change>
  std::string BytesWithHeader(Change change) const {
    std::string bytes = Bytes();
    DatasetHeader header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    change(header);
    header.header_crc = Crc32c(0, &header, offsetof(DatasetHeader, header_crc));
    std::memcpy(bytes.data(), &header, sizeof(header));
    return bytes;
  }

  TempDir dir_;
  DatasetContent content_ = MakeContent();
};

TEST_F(DatasetTest, ReadsBackWhatWasWritten) {
  const auto opened = Open(Bytes());
  ASSERT_THAT(opened, IsOk());
  const Dataset& dataset = **opened;
  EXPECT_EQ(dataset.key(), (ContentKey{7, 9}));
  EXPECT_EQ(dataset.rows(), kSetRows);
  EXPECT_EQ(dataset.query_count(), kSetQueries);
  EXPECT_EQ(dataset.vectors().values, absl::MakeConstSpan(content_.vectors));
  EXPECT_EQ(dataset.queries().values, absl::MakeConstSpan(content_.queries));
  ASSERT_EQ(dataset.projects().size(), 2u);
  EXPECT_EQ(dataset.projects()[1].name, "project 1");
  EXPECT_EQ(dataset.projects()[1].source_path, "/src/1");
  EXPECT_EQ(dataset.projects()[1].first_row, 200u);
  EXPECT_EQ(dataset.projects()[1].query_count, 2u);
  EXPECT_THAT(dataset.projects()[1].metadata,
              ElementsAre(Pair("files", "1"), Pair("root", "/src")));
}

TEST_F(DatasetTest, ChunksOfRowsAndQueriesKeepTheirPlaces) {
  const auto opened = Open(Bytes());
  ASSERT_THAT(opened, IsOk());
  const ChunkView row = (*opened)->row_chunk(200);
  EXPECT_EQ(row.project, 1u);
  EXPECT_EQ(row.file, "file1.cc");
  EXPECT_EQ(row.first_line, 4001u);
  EXPECT_EQ(row.last_line, 4020u);
  EXPECT_EQ(row.language, "cpp");
  EXPECT_EQ((*opened)->query_chunk(2).text, "text of chunk 302");
}

TEST_F(DatasetTest, SameContentSameBytes) { EXPECT_EQ(Bytes(), EncodeDataset(content_, {7, 9})); }

TEST_F(DatasetTest, KnowsTheTruthOfFirstRowsAndOfAll) {
  const auto opened = Open(Bytes());
  ASSERT_THAT(opened, IsOk());
  for (const NeighborTable& table : content_.truths) {
    const auto truth = (*opened)->Truth(table.distance, table.base_rows, 4);
    ASSERT_THAT(truth, IsOk());
    EXPECT_EQ(truth->rows, table.query(4).rows);
    EXPECT_EQ(truth->distances, table.query(4).distances);
  }
  EXPECT_THAT((*opened)->Truth(Distance::kCosine, 99, 0),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("cosine over 100")));
  EXPECT_THAT((*opened)->Truth(Distance::kCosine, 100, kSetQueries),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(DatasetTest, RecallOfTheTruthIsOne) {
  const auto opened = Open(Bytes());
  ASSERT_THAT(opened, IsOk());
  const auto truth = (*opened)->Truth(Distance::kSquaredL2, kSetRows, 1);
  ASSERT_THAT(truth, IsOk());
  std::vector<uint64_t> found(truth->rows.begin(), truth->rows.end());
  EXPECT_EQ(*(*opened)->Recall(Distance::kSquaredL2, kSetRows, 1, found, 10), 1.0);
  // A row that is not near stands in for one that is.
  for (uint64_t row = 0; row < kSetRows; ++row) {
    if (std::find(truth->rows.begin(), truth->rows.end(), row) != truth->rows.end()) continue;
    found[4] = row;
    break;
  }
  EXPECT_EQ(*(*opened)->Recall(Distance::kSquaredL2, kSetRows, 1, found, 10), 0.9);
  EXPECT_THAT((*opened)->Recall(Distance::kSquaredL2, kSetRows, 1, found, 11),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(DatasetTest, ReadsVectorsWithoutTheMapping) {
  const auto opened = Open(Bytes());
  ASSERT_THAT(opened, IsOk());
  std::vector<float> out(2 * kSetDimension);
  ASSERT_THAT((*opened)->ReadVectors(298, absl::MakeSpan(out)), IsOk());
  EXPECT_EQ(absl::MakeConstSpan(out), (*opened)->vectors().values.subspan(298 * kSetDimension));
  EXPECT_THAT((*opened)->ReadVectors(299, absl::MakeSpan(out)),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(DatasetTest, IsStillThereAfterItsPagesWereReleased) {
  const auto opened = Open(Bytes());
  ASSERT_THAT(opened, IsOk());
  (*opened)->ReleasePages();
  EXPECT_EQ((*opened)->vectors().values, absl::MakeConstSpan(content_.vectors));
}

TEST_F(DatasetTest, OffersOnlyTheFirstRows) {
  const auto opened = Open(Bytes(), 100);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ((*opened)->rows(), 100u);
  EXPECT_EQ((*opened)->projects()[0].row_count, 100u);
  EXPECT_EQ((*opened)->projects()[1].row_count, 0u);
  EXPECT_EQ((*opened)->query_chunk(2).text, "text of chunk 302");
  EXPECT_THAT((*opened)->Truth(Distance::kCosine, 100, 0), IsOk());
  EXPECT_THAT((*opened)->Truth(Distance::kCosine, kSetRows, 0),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DatasetTest, FindsEveryChangedByteThatItOffers) {
  const std::string bytes = Bytes();
  // All of the header's bytes, then a byte in each stretch of the rest.
  std::vector<size_t> places;
  for (size_t i = 0; i < sizeof(DatasetHeader); ++i) places.push_back(i);
  for (size_t i = kSectionAlignment; i < bytes.size(); i += 997) places.push_back(i);
  places.push_back(bytes.size() - 1);
  for (size_t place : places) {
    std::string damaged = bytes;
    damaged[place] ^= 0x10;
    ASSERT_THAT(Open(damaged), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("x.dataset")))
        << "byte " << place;
  }
}

TEST_F(DatasetTest, DoesNotLookAtRowsThatItDoesNotOffer) {
  std::string bytes = Bytes();
  DatasetHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const SectionExtent& vectors = header.sections[static_cast<size_t>(Section::kVectors)];
  bytes[vectors.offset + vectors.size / 2] ^= 1;
  EXPECT_THAT(Open(bytes, 10), IsOk());
  EXPECT_THAT(Open(bytes), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(DatasetTest, RefusesAFileCutShortAnywhere) {
  const std::string bytes = Bytes();
  for (size_t size :
       {size_t{0}, size_t{10}, sizeof(DatasetHeader), bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_THAT(Open(bytes.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss)) << size;
  }
  EXPECT_THAT(Open(bytes + "x"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(DatasetTest, RefusesHeadersThatLie) {
  EXPECT_THAT(Open(BytesWithHeader([](DatasetHeader&) {})), IsOk());
  EXPECT_FALSE(Open(BytesWithHeader([](DatasetHeader& h) { h.version = 2; })).ok());
  EXPECT_FALSE(Open(BytesWithHeader([](DatasetHeader& h) { h.dimension = 0; })).ok());
  EXPECT_FALSE(Open(BytesWithHeader([](DatasetHeader& h) { h.dimension = 1 << 30; })).ok());
  EXPECT_FALSE(Open(BytesWithHeader([](DatasetHeader& h) { h.rows = UINT64_MAX; })).ok());
  EXPECT_FALSE(Open(BytesWithHeader([](DatasetHeader& h) { h.queries += 1; })).ok());
  EXPECT_FALSE(
      Open(BytesWithHeader([](DatasetHeader& h) { h.checksums.offset = UINT64_MAX; })).ok());
  EXPECT_FALSE(Open(BytesWithHeader([](DatasetHeader& h) { h.checksums.size = 1 << 30; })).ok());
  for (size_t i = 0; i < kSectionCount; ++i) {
    EXPECT_FALSE(Open(BytesWithHeader([&](DatasetHeader& h) {
                   h.sections[i].offset = ~uint64_t{4095};
                 })).ok());
    EXPECT_FALSE(Open(BytesWithHeader([&](DatasetHeader& h) { h.sections[i].offset += 8; })).ok());
  }
}

TEST_F(DatasetTest, RefusesReferencesOutsideTheFile) {
  const auto refused = [&](auto change) {
    const DatasetContent whole = content_;
    change(content_);
    const auto status = Open(Bytes()).status();
    content_ = whole;
    return absl::IsDataLoss(status);
  };
  EXPECT_TRUE(refused([](DatasetContent& c) { c.chunks[3].file = 2; }));
  EXPECT_TRUE(refused([](DatasetContent& c) { c.chunks.pop_back(); }));
  EXPECT_TRUE(refused([](DatasetContent& c) { c.files[0].project = 2; }));
  EXPECT_TRUE(refused([](DatasetContent& c) { c.projects[0].row_count = kSetRows + 1; }));
  EXPECT_TRUE(refused([](DatasetContent& c) { c.projects[1].first_query = UINT64_MAX; }));
  EXPECT_TRUE(refused([](DatasetContent& c) { c.truths[0].rows[5] = 100; }));
  EXPECT_TRUE(refused([](DatasetContent& c) { c.truths[5].base_rows = kSetRows + 1; }));
  EXPECT_TRUE(refused([](DatasetContent& c) { c.truths[5].rows.pop_back(); }));
}

TEST_F(DatasetTest, NamesAFileThatIsNotThere) {
  EXPECT_THAT(Dataset::Open(dir_.Path("none")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
}

}  // namespace
}  // namespace loadline::workload
