#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/peers/engine.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"
#include "stowage/workspace/workspace.h"

namespace loadline::bench {
namespace {

namespace fs = std::filesystem;

using stowage::ProjectId;
using stowage::Workspace;

constexpr size_t kBatch = 1'000;  // vectors a commit
constexpr double kFirstTarget = 0.96;
const std::vector<double>& Targets() {
  static const auto* const targets =
      new std::vector<double>{0.8, 0.9, 0.94, 0.96, 0.98, 0.99, 0.995, 1};
  return *targets;
}

absl::StatusOr<std::unique_ptr<Workspace>> OpenWorkspace(const std::string& path, double target) {
  stowage::WorkspaceOptions options;
  options.vectors.target_recall = target;
  options.vectors.memory_budget_bytes = SIZE_MAX / 2;
  return Workspace::Open(path, options);
}

absl::Status Fill(Workspace& workspace, const VectorSet& set) {
  LOADLINE_ASSIGN_OR_RETURN(stowage::ProjectName name, stowage::ProjectName::Parse("peers"));
  stowage::NewProject project{.name = std::move(name)};
  project.source_path = "/src/peers";
  project.language = "cpp";
  LOADLINE_ASSIGN_OR_RETURN(const ProjectId id, workspace.registry().Register(std::move(project)));
  LOADLINE_RETURN_IF_ERROR(workspace.vectors().Create(id, set.config));
  std::vector<stowage::VectorEntry> batch;
  for (size_t row = 0; row < set.size(); ++row) {
    const absl::Span<const float> values = set.row(row);
    batch.push_back({.id = row,
                     .values = {values.begin(), values.end()},
                     .chunk = {.file = "row", .first_line = 1, .last_line = 1}});
    if (batch.size() == kBatch || row + 1 == set.size()) {
      LOADLINE_RETURN_IF_ERROR(workspace.vectors().Add(id, std::exchange(batch, {})));
    }
  }
  return absl::OkStatus();
}

// A store has one target: for each one there is a copy, which has lists of its own. Exact answers
// are a wish that any of them fulfils.
class Store : public Engine {
 public:
  explicit Store(std::string folder) : folder_(std::move(folder)) {}

  // Opens the store of kFirstTarget; fills it with `set` if there is one.
  absl::Status Start(const VectorSet* set) {
    LOADLINE_ASSIGN_OR_RETURN(current_, Open(kFirstTarget));
    if (set != nullptr) LOADLINE_RETURN_IF_ERROR(Fill(*current_, *set));
    const auto projects = current_->registry().List();
    if (projects.empty()) return absl::NotFoundError(absl::StrCat("no store in ", folder_));
    id_ = projects.front()->id;
    return current_->vectors().Count(*id_).status();  // reads its rows
  }

  absl::Status SetEffort(double effort) override {
    exact_ = effort == 1;
    LOADLINE_ASSIGN_OR_RETURN(current_, Open(exact_ ? kFirstTarget : effort));
    LOADLINE_RETURN_IF_ERROR(current_->vectors().Count(*id_).status());
    Settle();
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<uint64_t>> Search(absl::Span<const float> query, size_t k) override {
    LOADLINE_ASSIGN_OR_RETURN(
        const auto found,
        current_->vectors().Search(*id_, query, k, {}, {.target_recall = exact_ ? 1.0 : 0.0}));
    std::vector<uint64_t> ids;
    for (const stowage::Neighbor& neighbor : found) ids.push_back(neighbor.id);
    return ids;
  }

  std::string State() override {
    const auto stats = current_->vectors().Stats(*id_);
    if (!stats.ok()) return "?";
    return std::string(IndexKindName(exact_ ? stowage::IndexKind::kExact : stats->engine));
  }

  void Settle() override { current_->vectors().WaitUntilIndexed(); }

 private:
  absl::StatusOr<Workspace*> Open(double target) {
    std::unique_ptr<Workspace>& workspace = open_[target];
    if (workspace != nullptr) return workspace.get();
    const std::string path = absl::StrCat(folder_, "/", target);
    if (target != kFirstTarget) {
      std::error_code error;
      fs::copy(absl::StrCat(folder_, "/", kFirstTarget), path, fs::copy_options::recursive, error);
      if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("copying to ", path));
    }
    LOADLINE_ASSIGN_OR_RETURN(workspace, OpenWorkspace(path, target));
    return workspace.get();
  }

  const std::string folder_;
  std::map<double, std::unique_ptr<Workspace>> open_;
  Workspace* current_ = nullptr;
  bool exact_ = false;
  std::optional<ProjectId> id_;
};

absl::StatusOr<std::unique_ptr<Engine>> Start(const std::string& folder, const VectorSet* set) {
  auto store = std::make_unique<Store>(folder);
  LOADLINE_RETURN_IF_ERROR(store->Start(set));
  return store;
}

}  // namespace

EngineKind StoreEngine() {
  return {
      .name = "loadline",
      .facts = absl::StrCat("VectorStoreManager, kernels ", stowage::ActiveKernels().name),
      .effort = "target",
      .efforts = Targets(),
      .build = [](const VectorSet& set, const std::string& folder) { return Start(folder, &set); },
      .open = [](const stowage::StoreConfig&,
                 const std::string& folder) { return Start(folder, nullptr); }};
}

}  // namespace loadline::bench
