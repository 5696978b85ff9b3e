#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/plain_hnsw.h"
#include "benchmarks/peers/engine.h"
#include "loadline/base/status_macros.h"

namespace loadline::bench {
namespace {

const std::vector<double>& Efs() {
  static const auto* const efs =
      new std::vector<double>{10, 16, 24, 40, 64, 100, 160, 256, 512, 1024};
  return *efs;
}

std::string FileIn(const std::string& folder) { return absl::StrCat(folder, "/hnswlib"); }

class Graph : public Engine {
 public:
  explicit Graph(std::unique_ptr<PlainHnsw> graph) : graph_(std::move(graph)) {
    graph_->SetEf(static_cast<size_t>(Efs().front()));
  }

  absl::Status SetEffort(double effort) override {
    graph_->SetEf(static_cast<size_t>(effort));
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<uint64_t>> Search(absl::Span<const float> query, size_t k) override {
    return graph_->Search(query, k);
  }

 private:
  std::unique_ptr<PlainHnsw> graph_;
};

absl::StatusOr<std::unique_ptr<Engine>> Build(const VectorSet& set, const std::string& folder) {
  LOADLINE_ASSIGN_OR_RETURN(auto graph, PlainHnsw::Create(set.config, set.size()));
  for (size_t row = 0; row < set.size(); ++row) {
    LOADLINE_RETURN_IF_ERROR(graph->Add(row, set.row(row)));
  }
  LOADLINE_RETURN_IF_ERROR(graph->Save(FileIn(folder)));
  return std::make_unique<Graph>(std::move(graph));
}

absl::StatusOr<std::unique_ptr<Engine>> Open(const stowage::StoreConfig& config,
                                             const std::string& folder) {
  LOADLINE_ASSIGN_OR_RETURN(auto graph, PlainHnsw::Load(config, FileIn(folder)));
  return std::make_unique<Graph>(std::move(graph));
}

}  // namespace

EngineKind HnswlibEngine() {
  return {
      .name = "hnswlib",
      .facts = absl::StrCat("M 16, ef_construction 200, floats, kernels ", PlainHnsw::Kernels()),
      .effort = "ef",
      .efforts = Efs(),
      .build = Build,
      .open = Open};
}

}  // namespace loadline::bench
