#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/peers/engine.h"
#include "benchmarks/peers/float_file.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/top_k.h"

namespace loadline::bench {
namespace {

class Scan : public Engine {
 public:
  Scan(const stowage::StoreConfig& config, std::vector<float> rows)
      : config_(config), rows_(std::move(rows)) {}

  absl::Status SetEffort(double) override { return absl::OkStatus(); }

  absl::StatusOr<std::vector<uint64_t>> Search(absl::Span<const float> query, size_t k) override {
    const stowage::DistanceKernels& kernels = stowage::ActiveKernels();
    const bool squared_l2 = config_.metric == stowage::Metric::kSquaredL2;
    stowage::TopK top(k);
    for (size_t row = 0; row < rows_.size() / config_.dimension; ++row) {
      const float* const values = &rows_[row * config_.dimension];
      const float distance = squared_l2
                                 ? kernels.squared_l2(query.data(), values, config_.dimension)
                                 : 1 - kernels.dot(query.data(), values, config_.dimension);
      if (distance <= top.limit()) top.Offer({distance, row, 0});
    }
    std::vector<uint64_t> ids;
    for (const stowage::RankedRow& row : top.TakeSorted()) ids.push_back(row.id);
    return ids;
  }

 private:
  const stowage::StoreConfig config_;
  const std::vector<float> rows_;
};

std::string FileIn(const std::string& folder) { return absl::StrCat(folder, "/rows"); }

absl::StatusOr<std::unique_ptr<Engine>> Build(const VectorSet& set, const std::string& folder) {
  LOADLINE_RETURN_IF_ERROR(WriteFloats(FileIn(folder), set.rows));
  return std::make_unique<Scan>(set.config, set.rows);
}

absl::StatusOr<std::unique_ptr<Engine>> Open(const stowage::StoreConfig& config,
                                             const std::string& folder) {
  LOADLINE_ASSIGN_OR_RETURN(std::vector<float> rows, ReadFloats(FileIn(folder)));
  return std::make_unique<Scan>(config, std::move(rows));
}

}  // namespace

EngineKind ExactEngine() {
  return {.name = "exact",
          .facts = absl::StrCat("every row's floats, kernels ", stowage::ActiveKernels().name),
          .effort = "-",
          .efforts = {1},
          .build = Build,
          .open = Open};
}

}  // namespace loadline::bench
