#include "stowage/vector/vector_store_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "loadline/base/log.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/store_fixture.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr StoreConfig kL2Of2 = {.dimension = 2, .metric = Metric::kSquaredL2};

using VectorStoreManagerTest = testing::StoreFixture;

VectorEntry Entry(uint64_t id, std::vector<float> values, std::string file = "a.cc") {
  return {id, std::move(values), {std::move(file), 1, 2, "cpp"}};
}

std::vector<uint64_t> Ids(const absl::StatusOr<std::vector<Neighbor>>& neighbors) {
  EXPECT_OK(neighbors);
  std::vector<uint64_t> ids;
  if (!neighbors.ok()) return ids;
  for (const Neighbor& neighbor : *neighbors) ids.push_back(neighbor.id);
  return ids;
}

TEST_F(VectorStoreManagerTest, FindsWhatWasAdded) {
  const ProjectId id = NewStore("p", kL2Of2);
  ASSERT_OK(manager_->Add(id, {Entry(1, {5, 5}), Entry(2, {1, 0}), Entry(3, {0, 2})}));
  EXPECT_THAT(Ids(manager_->Search(id, {0, 0}, 2)), ElementsAre(2, 3));
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(3U));
}

TEST_F(VectorStoreManagerTest, KeepsEverythingAcrossReopening) {
  const ProjectId id = NewStore("p", {.dimension = 3, .metric = Metric::kCosine});
  const uint64_t largest = std::numeric_limits<uint64_t>::max();
  ASSERT_OK(
      manager_->Add(id, {Entry(largest, {0.1F, 2, -3}, "\xff\x00 odd"), Entry(0, {1, 1, 1})}));
  ASSERT_OK(manager_->Upsert(id, {Entry(0, {7, 8, 9}, "b.cc")}));
  OpenManager({});
  const auto entry = manager_->Get(id, largest);
  ASSERT_OK(entry);
  EXPECT_THAT(entry->values, ElementsAre(0.1F, 2, -3));
  EXPECT_EQ(entry->chunk.file, std::string("\xff\x00 odd"));
  EXPECT_THAT(manager_->Get(id, 0)->values, ElementsAre(7, 8, 9));
  const auto stats = manager_->Stats(id);
  ASSERT_OK(stats);
  EXPECT_EQ(stats->metric, Metric::kCosine);
  EXPECT_EQ(stats->dimension, 3U);
  EXPECT_EQ(stats->count, 2U);
}

TEST_F(VectorStoreManagerTest, SaysNotFoundForWhatIsNotThere) {
  const ProjectId unknown = *ProjectId::Generate();
  const ProjectId without_store = NewProject("p");
  for (const ProjectId& id : {unknown, without_store}) {
    EXPECT_THAT(manager_->Add(id, {Entry(1, {0, 0})}), StatusIs(kNotFound));
    EXPECT_THAT(manager_->Search(id, {0, 0}, 1), StatusIs(kNotFound));
    EXPECT_THAT(manager_->Get(id, 1), StatusIs(kNotFound));
    EXPECT_THAT(manager_->Remove(id, {1}), StatusIs(kNotFound));
    EXPECT_THAT(manager_->RemoveByFile(id, "a"), StatusIs(kNotFound));
    EXPECT_THAT(manager_->Count(id), StatusIs(kNotFound));
    EXPECT_THAT(manager_->Stats(id), StatusIs(kNotFound));
    EXPECT_THAT(manager_->CheckStore(id, true), StatusIs(kNotFound));
  }
  EXPECT_THAT(manager_->Create(unknown, kL2Of2), StatusIs(kNotFound));
  EXPECT_THAT(manager_->Drop(unknown), StatusIs(kNotFound));
  EXPECT_OK(manager_->Drop(without_store));
}

TEST_F(VectorStoreManagerTest, TreatsAProjectThatIsBeingRemovedAsNotThere) {
  const ProjectId id = NewStore("p", kL2Of2);
  ASSERT_OK(manager_->Add(id, {Entry(1, {0, 0})}));
  ASSERT_OK(registry_->SetStatus(id, ProjectStatus::kRemoving));
  EXPECT_THAT(manager_->Search(id, {0, 0}, 1), StatusIs(kNotFound));
  EXPECT_THAT(manager_->Create(id, kL2Of2), StatusIs(kNotFound));
  EXPECT_OK(manager_->Release(id));
  EXPECT_EQ(manager_->Stats().open, 0U);
}

TEST_F(VectorStoreManagerTest, CreatesAStoreOnce) {
  const ProjectId id = NewStore("p", kL2Of2);
  EXPECT_THAT(manager_->Create(id, kL2Of2), StatusIs(absl::StatusCode::kAlreadyExists));
  const ProjectId other = NewProject("q");
  EXPECT_THAT(manager_->Create(other, {.dimension = 0}), StatusIs(kInvalid));
  EXPECT_THAT(manager_->Create(other, {.dimension = 65'536}), StatusIs(kInvalid));
  EXPECT_OK(manager_->Create(other, {.dimension = 65'535}));
}

TEST_F(VectorStoreManagerTest, ListsProjectsThatHaveAStore) {
  const ProjectId a = NewStore("a", kL2Of2);
  NewProject("b");
  const ProjectId c = NewStore("c", kL2Of2);
  EXPECT_THAT(manager_->List(), IsOkAndHolds(ElementsAre(a, c)));
  ASSERT_OK(manager_->Drop(a));
  EXPECT_THAT(manager_->List(), IsOkAndHolds(ElementsAre(c)));
}

TEST_F(VectorStoreManagerTest, StoresNothingOfABatchWithABadEntry) {
  const ProjectId id = NewStore("p", {.dimension = 2, .metric = Metric::kCosine});
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<std::vector<float>> bad_values = {
      {std::nanf(""), 1}, {inf, 1}, {1, -inf}, {2e18F, 1}, {0, 0}, {1}, {1, 2, 3}, {}};
  for (const std::vector<float>& bad : bad_values) {
    for (const bool upsert : {false, true}) {
      std::vector<VectorEntry> batch = {Entry(1, {1, 1}), Entry(2, bad)};
      const absl::Status status = upsert ? manager_->Upsert(id, batch) : manager_->Add(id, batch);
      EXPECT_THAT(status, StatusIs(kInvalid, HasSubstr("entry 1")));
    }
  }
  EXPECT_THAT(manager_->Add(id, {Entry(1, {1, 1}), Entry(1, {1, 2})}),
              StatusIs(kInvalid, HasSubstr("same id")));
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(0U));
  OpenManager({});
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(0U));
}

TEST_F(VectorStoreManagerTest, StoresNothingOfABatchWithAnIdThatIsTaken) {
  const ProjectId id = NewStore("p", kL2Of2);
  ASSERT_OK(manager_->Add(id, {Entry(5, {1, 1})}));
  EXPECT_THAT(manager_->Add(id, {Entry(4, {9, 9}), Entry(5, {2, 2}), Entry(6, {9, 9})}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("id 5")));
  EXPECT_THAT(Ids(manager_->Search(id, {0, 0}, 10)), ElementsAre(5));
  EXPECT_OK(manager_->CheckStore(id, true));
}

TEST_F(VectorStoreManagerTest, RefusesQueriesThatHaveNoAnswer) {
  const ProjectId id = NewStore("p", {.dimension = 2, .metric = Metric::kCosine});
  ASSERT_OK(manager_->Add(id, {Entry(1, {1, 1})}));
  EXPECT_THAT(manager_->Search(id, {1}, 1), StatusIs(kInvalid));
  EXPECT_THAT(manager_->Search(id, {0, 0}, 1), StatusIs(kInvalid));
  EXPECT_THAT(manager_->Search(id, {std::nanf(""), 0}, 1), StatusIs(kInvalid));
  EXPECT_THAT(manager_->Search(id, {1, 0}, 0), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(manager_->Search(id, {1, 0}, SIZE_MAX), IsOkAndHolds(SizeIs(1)));
}

TEST_F(VectorStoreManagerTest, RemovesAllIdsOrNone) {
  const ProjectId id = NewStore("p", kL2Of2);
  ASSERT_OK(manager_->Add(id, {Entry(1, {1, 1}), Entry(2, {2, 2}), Entry(3, {3, 3})}));
  EXPECT_THAT(manager_->Remove(id, {1, 77, 2}), StatusIs(kNotFound, HasSubstr("77")));
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(3U));
  EXPECT_OK(manager_->Remove(id, {1, 3}));
  EXPECT_THAT(Ids(manager_->Search(id, {0, 0}, 10)), ElementsAre(2));
  EXPECT_THAT(manager_->Remove(id, {1}), StatusIs(kNotFound));
  OpenManager({});
  EXPECT_THAT(Ids(manager_->Search(id, {0, 0}, 10)), ElementsAre(2));
}

TEST_F(VectorStoreManagerTest, RemovesByFile) {
  const ProjectId id = NewStore("p", kL2Of2);
  ASSERT_OK(manager_->Add(id, {Entry(1, {1, 1}, "a.cc"), Entry(2, {2, 2}, "a.cc2"),
                               Entry(3, {3, 3}, "a.cc"), Entry(4, {4, 4}, "b.cc")}));
  EXPECT_THAT(manager_->RemoveByFile(id, "a.cc"), IsOkAndHolds(2U));
  EXPECT_THAT(manager_->RemoveByFile(id, "a.cc"), IsOkAndHolds(0U));
  EXPECT_THAT(Ids(manager_->Search(id, {0, 0}, 10)), ElementsAre(2, 4));
  EXPECT_OK(manager_->CheckStore(id, true));
}

TEST_F(VectorStoreManagerTest, KeepsStoresApart) {
  const ProjectId a = NewStore("a", kL2Of2);
  const ProjectId b = NewStore("b", {.dimension = 3, .metric = Metric::kCosine});
  ASSERT_OK(manager_->Add(a, {Entry(1, {1, 1})}));
  ASSERT_OK(manager_->Add(b, {Entry(1, {1, 1, 1}), Entry(2, {1, 2, 3})}));
  EXPECT_THAT(manager_->Count(a), IsOkAndHolds(1U));
  EXPECT_THAT(manager_->Count(b), IsOkAndHolds(2U));
}

TEST_F(VectorStoreManagerTest, StartsAnewAfterDrop) {
  const ProjectId id = NewStore("p", kL2Of2);
  ASSERT_OK(manager_->Add(id, {Entry(1, {1, 1})}));
  ASSERT_OK(manager_->Drop(id));
  EXPECT_FALSE(std::filesystem::exists(FileOf(id)));
  EXPECT_THAT(manager_->Search(id, {0, 0}, 1), StatusIs(kNotFound));
  ASSERT_OK(manager_->Create(id, {.dimension = 1}));
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(0U));
}

TEST_F(VectorStoreManagerTest, OpensAtMostSoManyStores) {
  OpenManager({.max_open = 2});
  std::vector<ProjectId> ids;
  for (const std::string name : {"a", "b", "c"}) {
    ids.push_back(NewStore(name, kL2Of2));
    ASSERT_OK(manager_->Add(ids.back(), {Entry(1, {1, 1})}));
  }
  EXPECT_EQ(manager_->Stats().open, 2U);
  EXPECT_EQ(manager_->Stats().evictions, 1U);
  EXPECT_THAT(manager_->Count(ids[0]), IsOkAndHolds(1U));  // evicts b, used longest ago
  const uint64_t loads = manager_->Stats().loads;
  EXPECT_THAT(manager_->Count(ids[2]), IsOkAndHolds(1U));
  EXPECT_EQ(manager_->Stats().loads, loads);
  EXPECT_THAT(VectorStoreManager::Open(*directory_, *registry_, {.max_open = 0}),
              StatusIs(kInvalid));
}

TEST_F(VectorStoreManagerTest, StaysWithinItsBudgetByEviction) {
  constexpr size_t kBudget = 3'000'000;
  OpenManager({.memory_budget_bytes = kBudget});
  testing::ClusteredVectors vectors(384, 5, 1);
  std::vector<ProjectId> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(NewStore("p" + std::to_string(i), {.dimension = 384}));
    ASSERT_OK(manager_->Add(ids.back(), vectors.NextEntries(0, 500)));
    EXPECT_LE(manager_->Stats().memory_bytes, kBudget);
  }
  EXPECT_GT(manager_->Stats().evictions, 0U);
  for (const ProjectId& id : ids) {
    EXPECT_THAT(manager_->Count(id), IsOkAndHolds(500U));
    EXPECT_LE(manager_->Stats().memory_bytes, kBudget);
  }
}

TEST_F(VectorStoreManagerTest, RefusesWhatDoesNotFitTheBudgetAlone) {
  OpenManager({.memory_budget_bytes = 2'000'000});
  testing::ClusteredVectors vectors(384, 5, 1);
  const ProjectId id = NewStore("p", {.dimension = 384});
  ASSERT_OK(manager_->Add(id, vectors.NextEntries(0, 200)));
  EXPECT_THAT(manager_->Add(id, vectors.NextEntries(1000, 4000)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("budget")));
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(200U));
  EXPECT_LE(manager_->Stats().memory_bytes, 2'000'000U);
  // Not even to be read, in a smaller budget.
  OpenManager({.memory_budget_bytes = 700'000});
  EXPECT_THAT(manager_->Count(id), StatusIs(absl::StatusCode::kResourceExhausted));
  OpenManager({});
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(200U));
}

TEST_F(VectorStoreManagerTest, GivesAccountedMemoryBackAfterRemoving) {
  testing::ClusteredVectors vectors(384, 5, 1);
  const ProjectId id = NewStore("p", {.dimension = 384});
  ASSERT_OK(manager_->Add(id, vectors.NextEntries(0, 100)));
  const size_t before = manager_->Stats().memory_bytes;
  ASSERT_OK(manager_->Add(id, vectors.NextEntries(1000, 2000)));
  EXPECT_GT(manager_->Stats().memory_bytes, before + 1'000'000);
  std::vector<uint64_t> ids;
  for (uint64_t i = 1000; i < 3000; ++i) ids.push_back(i);
  ASSERT_OK(manager_->Remove(id, ids));
  // Rows are kept while lists are made of them.
  manager_->WaitUntilIndexed();
  EXPECT_EQ(*manager_->Count(id), 100);
  EXPECT_LT(manager_->Stats().memory_bytes, before + 200'000);
}

TEST_F(VectorStoreManagerTest, MakesListsInTheBackgroundAndAnswersMeanwhile) {
  testing::ClusteredVectors vectors(32, 50, 3);
  const ProjectId id = NewStore("p", {.dimension = 32});
  testing::VectorModel model{{.dimension = 32}, {}};
  std::vector<VectorEntry> entries = vectors.NextEntries(0, 5'000);
  for (const VectorEntry& entry : entries) model.entries[entry.id] = entry;
  ASSERT_OK(manager_->Add(id, std::move(entries)));
  const std::vector<float> early = vectors.Next();
  EXPECT_GE(testing::Recall(model.Search(early, 10), *manager_->Search(id, early, 10)), 0.9);
  manager_->WaitUntilIndexed();
  EXPECT_GT(manager_->Stats(id)->lists, 50U);
  double recall = 0;
  for (int i = 0; i < 50; ++i) {
    const std::vector<float> query = vectors.Next();
    recall += testing::Recall(model.Search(query, 10), *manager_->Search(id, query, 10));
  }
  EXPECT_GE(recall / 50, 0.95);
  EXPECT_OK(manager_->CheckStore(id, true));
  OpenManager({});
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(5'000U));
  manager_->WaitUntilIndexed();
  EXPECT_GT(manager_->Stats(id)->lists, 50U);
}

TEST_F(VectorStoreManagerTest, SaysWhatSearchesFindAndADeepCheckMeasuresItAgain) {
  testing::ClusteredVectors vectors(32, 60, 13);
  const ProjectId id = NewStore("p", {.dimension = 32});
  ASSERT_OK(manager_->Add(id, vectors.NextEntries(0, 3'000)));
  manager_->WaitUntilIndexed();
  const StoreStats stats = *manager_->Stats(id);
  ASSERT_TRUE(stats.recall.has_value());
  EXPECT_GE(*stats.recall, 0.96);
  EXPECT_GT(stats.search_micros.value_or(0), 0);
  EXPECT_EQ(stats.distinct_count, 3'000U);
  EXPECT_OK(manager_->CheckStore(id, /*deep=*/true));
  manager_->WaitUntilIndexed();
  EXPECT_GE(manager_->Stats(id)->recall.value_or(0), 0.96);
}

TEST_F(VectorStoreManagerTest, CountsTheBytesOfAllFilesOfAStore) {
  testing::ClusteredVectors vectors(32, 60, 13);
  const ProjectId id = NewStore("p", {.dimension = 32});
  ASSERT_OK(manager_->Add(id, vectors.NextEntries(0, 3'000)));
  manager_->WaitUntilIndexed();
  const std::filesystem::path file = FileOf(id);
  size_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
    bytes += entry.file_size();
  }
  EXPECT_GT(bytes, std::filesystem::file_size(file) + 3'000 * 32 * sizeof(float));
  EXPECT_EQ(manager_->Stats(id)->disk_bytes, bytes);
}

TEST_F(VectorStoreManagerTest, IsAnsweredByTheIndexThatItIsOpenedWith) {
  testing::ClusteredVectors vectors(32, 60, 13);
  const ProjectId id = NewStore("p", {.dimension = 32});
  ASSERT_OK(manager_->Add(id, vectors.NextEntries(0, 2'000)));
  for (const IndexKind kind : {IndexKind::kGraph, IndexKind::kExact, IndexKind::kLists}) {
    OpenManager({.index = kind});
    EXPECT_OK(manager_->Search(id, vectors.Next(), 10));
    manager_->WaitUntilIndexed();
    EXPECT_EQ(manager_->Stats(id)->engine, kind);
  }
  EXPECT_THAT(
      VectorStoreManager::Open(*directory_, *registry_, {.index = static_cast<IndexKind>(9)}),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

// The kernel refuses to let any file of this process grow past the limit.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit = {.rlim_cur = bytes, .rlim_max = old_limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*old_handler_)(int);
  rlimit old_limit_;
};

TEST_F(VectorStoreManagerTest, LeavesNothingHalfWhenTheDiskFillsInTheMiddleOfABatch) {
  const ProjectId id = NewStore("p", {.dimension = 64});
  testing::ClusteredVectors vectors(64, 5, 1);
  ASSERT_OK(manager_->Add(id, vectors.NextEntries(0, 100)));
  const std::vector<float> query = vectors.Next();
  const std::vector<uint64_t> before = Ids(manager_->Search(id, query, 100));
  const size_t memory = manager_->Stats().memory_bytes;
  {
    const FileSizeLimit limit(400'000);
    EXPECT_FALSE(manager_->Add(id, vectors.NextEntries(1000, 5000)).ok());
    EXPECT_EQ(Ids(manager_->Search(id, query, 100)), before);
    // Nothing more is written, reads go on, and the manager says so.
    EXPECT_THAT(manager_->Add(id, vectors.NextEntries(500, 1)),
                StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(manager_->Remove(id, {1}), StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(manager_->Stats().degraded, ElementsAre(id));
    EXPECT_FALSE(manager_->CheckStore(id, false).ok());
    EXPECT_LT(manager_->Stats().memory_bytes, memory + 200'000);
  }
  OpenManager({});
  EXPECT_EQ(Ids(manager_->Search(id, query, 6000)), before);
  EXPECT_OK(manager_->Add(id, vectors.NextEntries(500, 10)));
  EXPECT_OK(manager_->CheckStore(id, true));
}

TEST_F(VectorStoreManagerTest, ReportsADamagedRowAndLeavesTheOthersAlone) {
  const ProjectId damaged = NewStore("a", {.dimension = 64});
  const ProjectId sound = NewStore("b", {.dimension = 64});
  testing::ClusteredVectors vectors(64, 5, 1);
  ASSERT_OK(manager_->Add(damaged, vectors.NextEntries(0, 100)));
  ASSERT_OK(manager_->Add(sound, vectors.NextEntries(0, 100)));
  manager_.reset();
  const std::string path = FileOf(damaged);
  {
    // One bit in the middle of some vector.
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
    file.seekg(size - 5000);
    const char byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(size - 5000);
    file.put(byte);
  }
  OpenManager({});
  EXPECT_THAT(manager_->Count(damaged),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("vectors.db")));
  EXPECT_TRUE(std::filesystem::exists(path)) << "damaged files are evidence";
  EXPECT_THAT(manager_->Count(sound), IsOkAndHolds(100U));
  EXPECT_OK(manager_->Drop(damaged));
  EXPECT_OK(manager_->Create(damaged, kL2Of2));
}

TEST_F(VectorStoreManagerTest, RefusesTheFileOfAnotherProject) {
  const ProjectId a = NewStore("a", kL2Of2);
  const ProjectId b = NewStore("b", kL2Of2);
  manager_.reset();
  std::filesystem::copy_file(FileOf(a), FileOf(b),
                             std::filesystem::copy_options::overwrite_existing);
  OpenManager({});
  EXPECT_THAT(manager_->Count(b), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(VectorStoreManagerTest, FinishesACreateThatWasStoppedInTheMiddle) {
  const ProjectId id = NewProject("p");
  std::filesystem::create_directories(temp_.path() + "/projects/" + id.hex());
  std::ofstream(FileOf(id) + ".new") << "half a file";
  EXPECT_THAT(manager_->Count(id), StatusIs(kNotFound));
  EXPECT_OK(manager_->Create(id, kL2Of2));
  EXPECT_THAT(manager_->Count(id), IsOkAndHolds(0U));
}

}  // namespace
}  // namespace stowage
