// Random operations against a model: after each, and after each reopening, the registry answers
// as a few maps would.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/stowage/registry/registry_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/quiet_log.h"

namespace stowage {
namespace {

using testing::Name;
using testing::Project;

struct Model {
  struct Entry {
    ProjectId id;
    std::string name;
    ProjectMetadata metadata;
    ProjectStatus status = ProjectStatus::kRegistered;
  };
  std::vector<Entry> entries;  // in the order of registration
  std::optional<ProjectId> active;

  Entry* Find(const ProjectId& id) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.id == id; });
    return found == entries.end() ? nullptr : &*found;
  }
  Entry* Visible(const ProjectId& id) {
    Entry* entry = Find(id);
    return entry == nullptr || entry->status == ProjectStatus::kRemoving ? nullptr : entry;
  }
  bool HasName(const std::string& name) const {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.name == name; });
  }
};

class RegistryModelTest : public testing::RegistryTest {
 protected:
  std::string SomeName() { return "p" + std::to_string(random_() % 40); }
  ProjectId SomeId() {
    if (model_.entries.empty() || random_() % 20 == 0) return *ProjectId::Generate();
    return model_.entries[random_() % model_.entries.size()].id;
  }

  void RegisterSome() {
    const std::string name = SomeName();
    NewProject project = Project(name);
    project.metadata = {{"n", std::to_string(random_() % 100)}};
    const auto id = registry_->Register(project);
    ASSERT_EQ(id.ok(), !model_.HasName(name)) << id.status();
    if (id.ok()) model_.entries.push_back({*id, name, project.metadata});
  }
  void UpdateSome() {
    const ProjectId id = SomeId();
    const ProjectMetadata metadata = {{"m", std::string(random_() % 3'000, 'v')}};
    Model::Entry* const entry = model_.Visible(id);
    ASSERT_EQ(registry_->UpdateMetadata(id, metadata).ok(), entry != nullptr);
    if (entry != nullptr) entry->metadata = metadata;
  }
  void SetSomeStatus() {
    const ProjectId id = SomeId();
    const auto status = static_cast<ProjectStatus>(random_() % 5);
    Model::Entry* const entry = model_.Visible(id);
    ASSERT_EQ(registry_->SetStatus(id, status).ok(), entry != nullptr);
    if (entry == nullptr) return;
    entry->status = status;
    if (status == ProjectStatus::kRemoving && model_.active == id) model_.active.reset();
  }
  void RemoveSome() {
    const ProjectId id = SomeId();
    Model::Entry* const entry = model_.Find(id);
    ASSERT_EQ(registry_->Remove(id).ok(), entry != nullptr);
    if (entry == nullptr) return;
    model_.entries.erase(model_.entries.begin() + (entry - model_.entries.data()));
    if (model_.active == id) model_.active.reset();
  }
  void SetSomeActive() {
    std::optional<ProjectId> id;
    if (random_() % 4 != 0) id = SomeId();
    const bool possible = !id || model_.Visible(*id) != nullptr;
    ASSERT_EQ(registry_->SetActive(id).ok(), possible);
    if (possible) model_.active = id;
  }

  void Compare() {
    std::vector<std::string> want;
    std::vector<std::string> removing;
    for (const Model::Entry& entry : model_.entries) {
      (entry.status == ProjectStatus::kRemoving ? removing : want).push_back(entry.name);
      const auto record = registry_->Get(entry.id);
      ASSERT_EQ(record.ok(), entry.status != ProjectStatus::kRemoving);
      ASSERT_EQ(registry_->FindByName(Name(entry.name)).ok(), record.ok());
      if (!record.ok()) continue;
      ASSERT_EQ((*record)->name.text(), entry.name);
      ASSERT_EQ((*record)->metadata, entry.metadata);
      ASSERT_EQ((*record)->status, entry.status);
    }
    ASSERT_EQ(testing::Names(registry_->List()), want);
    ASSERT_EQ(testing::Names(registry_->ListRemoving()), removing);
    ASSERT_EQ(registry_->Count(), want.size());
    ASSERT_EQ(registry_->GetActive(), model_.active);
  }

  std::mt19937_64 random_{7};
  Model model_;
};

TEST_F(RegistryModelTest, AnswersAsTheModelDoes) {
  const int operations = std::getenv("LOADLINE_DEEP") != nullptr ? 100'000 : 1'500;
  for (int i = 0; i < operations; ++i) {
    const auto choice = random_() % 100;
    if (choice < 35) {
      RegisterSome();
    } else if (choice < 55) {
      UpdateSome();
    } else if (choice < 75) {
      SetSomeStatus();
    } else if (choice < 88) {
      RemoveSome();
    } else if (choice < 97) {
      SetSomeActive();
    } else {
      Reopen();
    }
    clock_.AdvanceNanos(static_cast<int64_t>(random_() % 3));
    if (HasFatalFailure()) return;
    Compare();
    ASSERT_FALSE(HasFatalFailure()) << "operation " << i;
  }
}

// Every write, sync and truncation fails once; opened anew, the registry has what it acknowledged
// or that and the change under way, and its memory never ran ahead of the file.
TEST(RegistryFaults, LoseNothingAcknowledged) {
  const loadline::testing::QuietLog quiet;
  const int kNames = 25;
  bool failed = true;
  for (int n = 1; failed; ++n) {
    loadline::testing::FaultVfs vfs;
    loadline::testing::TempDir dir;
    const auto directory = loadline::Directory::Open(dir.path());
    ASSERT_OK(directory);
    size_t acknowledged = 0;
    {
      const auto registry = ProjectRegistry::Open(**directory);
      ASSERT_OK(registry);
      vfs.FailNth(n, EIO);
      bool refused = false;
      for (int i = 0; i < kNames; ++i) {
        NewProject project = Project(std::to_string(i));
        project.metadata = {{"bulk", std::string(20'000, 'b')}};
        const auto id = (*registry)->Register(project);
        EXPECT_FALSE(id.ok() && refused) << "acknowledged after a failure, n = " << n;
        refused = refused || !id.ok();
        if (id.ok()) ++acknowledged;
        EXPECT_EQ((*registry)->Count(), acknowledged);
      }
    }
    failed = vfs.failed();
    vfs.Disarm();
    const auto registry = ProjectRegistry::Open(**directory);
    ASSERT_OK(registry) << "n = " << n;
    EXPECT_GE((*registry)->Count(), acknowledged) << "n = " << n;
    EXPECT_LE((*registry)->Count(), acknowledged + 1) << "n = " << n;
  }
}

}  // namespace
}  // namespace stowage
