// Every change of the registry, with every write and sync of it failing.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/stowage/registry/registry_fixture.h"
#include "tests/support/fault_table.h"

namespace stowage {
namespace {

using testing::Name;
using testing::Project;

class RegistryUnderFaults {
 public:
  explicit RegistryUnderFaults(const std::string& path)
      : directory_(*loadline::Directory::Open(path)) {
    auto registry = ProjectRegistry::Open(*directory_);
    EXPECT_OK(registry);
    registry_ = *std::move(registry);
  }

  void Seed() {
    for (const char* name : {"a", "b", "c", "last"}) EXPECT_OK(registry_->Register(Project(name)));
    EXPECT_OK(registry_->SetActive(Id("b")));
  }
  std::string Snapshot() const {
    std::string text;
    for (const auto& records : {registry_->List(), registry_->ListRemoving()}) {
      for (const ProjectRecordPtr& record : records) {
        if (record->name.text() == "probe") continue;
        absl::StrAppend(&text, record->name.text(), " ", ProjectStatusName(record->status), " ",
                        record->metadata.empty() ? 0 : record->metadata.at("bulk").size(),
                        registry_->GetActive() == record->id ? " active" : "", "\n");
        EXPECT_EQ(registry_->FindByName(record->name).ok(),
                  record->status != ProjectStatus::kRemoving);
      }
    }
    return text;
  }
  absl::Status Probe() { return registry_->Register(Project("probe")).status(); }

  ProjectId Id(const std::string& name) const { return (*registry_->FindByName(Name(name)))->id; }
  ProjectRegistry& registry() { return *registry_; }

 private:
  std::unique_ptr<loadline::Directory> directory_;
  std::unique_ptr<ProjectRegistry> registry_;
};

TEST(RegistryFaultTable, AFailedCallLeavesTheStateBeforeOrAfterIt) {
  using R = RegistryUnderFaults;
  loadline::testing::FaultTable<R>(
      {{"register", [](R& r) { return r.registry().Register(Project("new")).status(); }},
       {"register with much metadata",
        [](R& r) {
          NewProject project = Project("new");
          project.metadata = {{"bulk", std::string(20'000, 'b')}};
          return r.registry().Register(project).status();
        }},
       {"update metadata",
        [](R& r) {
          return r.registry().UpdateMetadata(r.Id("a"), {{"bulk", "x"}});
        }},
       {"set status",
        [](R& r) { return r.registry().SetStatus(r.Id("a"), ProjectStatus::kReady); }},
       {"begin to remove the active project",
        [](R& r) { return r.registry().SetStatus(r.Id("b"), ProjectStatus::kRemoving); }},
       {"remove", [](R& r) { return r.registry().Remove(r.Id("a")); }},
       {"remove the active project", [](R& r) { return r.registry().Remove(r.Id("b")); }},
       {"remove the newest project", [](R& r) { return r.registry().Remove(r.Id("last")); }},
       {"set active", [](R& r) { return r.registry().SetActive(r.Id("c")); }},
       {"set none active", [](R& r) { return r.registry().SetActive(std::nullopt); }}})
      .Run();
}

}  // namespace
}  // namespace stowage
