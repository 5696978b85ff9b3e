// Every change of a vector store, with every write and sync of it failing.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/directory.h"
#include "stowage/registry/project_registry.h"
#include "stowage/vector/vector_store_manager.h"
#include "tests/support/fault_table.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

constexpr uint64_t kProbe = 999;

VectorEntry EntryAt(uint64_t id, float x, std::string file = "a.cc") {
  return {.id = id,
          .values = {x, 1},
          .chunk = {.file = std::move(file), .first_line = 1, .last_line = 2, .language = "c++"}};
}

class StoreUnderFaults {
 public:
  explicit StoreUnderFaults(const std::string& path)
      : directory_(*loadline::Directory::Open(path)) {
    auto registry = ProjectRegistry::Open(*directory_);
    EXPECT_OK(registry);
    registry_ = *std::move(registry);
    auto vectors = VectorStoreManager::Open(*directory_, *registry_);
    EXPECT_OK(vectors);
    vectors_ = *std::move(vectors);
  }

  void Seed() {
    for (const char* name : {"stored", "empty"}) {
      EXPECT_OK(registry_->Register({.name = *ProjectName::Parse(name),
                                     .source_path = "/src",
                                     .language = {},
                                     .metadata = {}}));
    }
    EXPECT_OK(vectors_->Create(stored(), kConfig));
    EXPECT_OK(vectors_->Add(stored(), {EntryAt(1, 1), EntryAt(2, 2, "b.cc"), EntryAt(3, 3)}));
  }
  std::string Snapshot() {
    std::string text;
    const float query[] = {0, 0};
    for (const ProjectId& id : {stored(), empty()}) {
      const auto found = vectors_->Search(id, query, 1'000);
      EXPECT_TRUE(found.ok() || absl::IsNotFound(found.status())) << found.status();
      absl::StrAppend(&text, found.ok() ? "a store\n" : "no store\n");
      if (!found.ok()) continue;
      size_t probes = 0;
      for (const Neighbor& neighbor : *found) {
        const auto entry = vectors_->Get(id, neighbor.id);
        EXPECT_OK(entry);
        probes += neighbor.id == kProbe ? 1 : 0;
        if (neighbor.id == kProbe) continue;
        absl::StrAppend(&text, neighbor.id, " ", entry->values[0], " ", entry->chunk.file, "\n");
      }
      absl::StrAppend(&text, "count ", *vectors_->Count(id) - probes, "\n");
    }
    return text;
  }
  absl::Status Probe() { return vectors_->Upsert(stored(), {EntryAt(kProbe, 9, "probe")}); }

  VectorStoreManager& vectors() { return *vectors_; }
  ProjectId stored() const { return Id("stored"); }
  ProjectId empty() const { return Id("empty"); }

  static constexpr StoreConfig kConfig{.dimension = 2, .metric = Metric::kSquaredL2};

 private:
  ProjectId Id(const std::string& name) const {
    return (*registry_->FindByName(*ProjectName::Parse(name)))->id;
  }

  std::unique_ptr<loadline::Directory> directory_;
  std::unique_ptr<ProjectRegistry> registry_;
  std::unique_ptr<VectorStoreManager> vectors_;
};

TEST(VectorFaultTable, AFailedCallLeavesTheStateBeforeOrAfterIt) {
  using S = StoreUnderFaults;
  loadline::testing::FaultTable<S>(
      {{"create", [](S& s) { return s.vectors().Create(s.empty(), S::kConfig); }},
       {"add one", [](S& s) { return s.vectors().Add(s.stored(), {EntryAt(7, 7)}); }},
       {"add a batch of several pages",
        [](S& s) {
          std::vector<VectorEntry> entries;
          for (uint64_t i = 0; i < 300; ++i) {
            entries.push_back(EntryAt(1'000 + i, static_cast<float>(i), std::string(200, 'f')));
          }
          return s.vectors().Add(s.stored(), std::move(entries));
        }},
       {"upsert",
        [](S& s) {
          return s.vectors().Upsert(s.stored(), {EntryAt(2, 20), EntryAt(8, 8)});
        }},
       {"remove",
        [](S& s) {
          const uint64_t ids[] = {1, 3};
          return s.vectors().Remove(s.stored(), ids);
        }},
       {"remove by file",
        [](S& s) { return s.vectors().RemoveByFile(s.stored(), "a.cc").status(); }}})
      .Run();
}

}  // namespace
}  // namespace stowage
