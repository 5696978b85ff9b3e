#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/index_io.h>
#include <faiss/utils/utils.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/catching.h"
#include "benchmarks/peers/engine.h"
#include "loadline/base/status_macros.h"

namespace loadline::bench {
namespace {

using stowage::StoreConfig;

constexpr int kM = 16;  // as hnswlib's
constexpr int kEfConstruction = 200;
constexpr double kListsPerRoot = 4;
constexpr size_t kTrainingRowsPerList = 39;  // faiss complains of fewer

std::string FileIn(const std::string& folder) { return absl::StrCat(folder, "/faiss"); }

faiss::MetricType MetricOf(const StoreConfig& config) {
  return config.metric == stowage::Metric::kSquaredL2 ? faiss::METRIC_L2
                                                      : faiss::METRIC_INNER_PRODUCT;
}

// Either index: the one that it is knows its own effort.
class FaissIndex : public Engine {
 public:
  FaissIndex(std::unique_ptr<faiss::Index> index, double effort) : index_(std::move(index)) {
    SetEffort(effort).IgnoreError();  // never fails
  }

  absl::Status SetEffort(double effort) override {
    if (auto* const graph = dynamic_cast<faiss::IndexHNSW*>(index_.get())) {
      graph->hnsw.efSearch = static_cast<int>(effort);
    } else if (auto* const lists = dynamic_cast<faiss::IndexIVF*>(index_.get())) {
      lists->nprobe = static_cast<size_t>(effort);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<uint64_t>> Search(absl::Span<const float> query, size_t k) override {
    std::vector<float> distances(k);
    std::vector<faiss::Index::idx_t> rows(k);
    LOADLINE_RETURN_IF_ERROR(Catching("faiss: searching", [&] {
      index_->search(1, query.data(), static_cast<faiss::Index::idx_t>(k), distances.data(),
                     rows.data());
    }));
    std::vector<uint64_t> ids;
    for (const faiss::Index::idx_t row : rows) {
      if (row >= 0) ids.push_back(static_cast<uint64_t>(row));  // -1: found fewer than k
    }
    return ids;
  }

 private:
  const std::unique_ptr<faiss::Index> index_;
};

std::unique_ptr<faiss::Index> MakeGraph(const VectorSet& set) {
  auto graph = std::make_unique<faiss::IndexHNSWSQ>(static_cast<int>(set.config.dimension),
                                                    faiss::ScalarQuantizer::QT_8bit, kM,
                                                    MetricOf(set.config));
  graph->hnsw.efConstruction = kEfConstruction;
  return graph;
}

std::unique_ptr<faiss::Index> MakeLists(const VectorSet& set) {
  const double wanted = kListsPerRoot * std::sqrt(static_cast<double>(set.size()));
  const size_t lists = std::clamp<size_t>(static_cast<size_t>(wanted), 1,
                                          std::max<size_t>(1, set.size() / kTrainingRowsPerList));
  auto quantizer = std::make_unique<faiss::IndexFlat>(
      static_cast<faiss::Index::idx_t>(set.config.dimension), MetricOf(set.config));
  auto index = std::make_unique<faiss::IndexIVFScalarQuantizer>(
      quantizer.get(), set.config.dimension, lists, faiss::ScalarQuantizer::QT_8bit,
      MetricOf(set.config));
  index->own_fields = true;
  quantizer.release();
  return index;
}

EngineKind FaissKind(std::string name, std::string facts, std::string effort,
                     std::vector<double> efforts,
                     std::unique_ptr<faiss::Index> (*make)(const VectorSet& set)) {
  const double first = efforts.front();
  EngineKind kind{.name = std::move(name),
                  .facts = std::move(facts),
                  .effort = std::move(effort),
                  .efforts = std::move(efforts)};
  kind.build = [=](const VectorSet& set,
                   const std::string& folder) -> absl::StatusOr<std::unique_ptr<Engine>> {
    std::unique_ptr<faiss::Index> index;
    LOADLINE_RETURN_IF_ERROR(Catching("faiss: making an index", [&] {
      const auto rows = static_cast<faiss::Index::idx_t>(set.size());
      index = make(set);
      index->train(rows, set.rows.data());
      index->add(rows, set.rows.data());
      faiss::write_index(index.get(), FileIn(folder).c_str());
    }));
    return std::make_unique<FaissIndex>(std::move(index), first);
  };
  kind.open = [=](const StoreConfig&,
                  const std::string& folder) -> absl::StatusOr<std::unique_ptr<Engine>> {
    std::unique_ptr<faiss::Index> index;
    LOADLINE_RETURN_IF_ERROR(Catching("faiss: reading an index", [&] {
      index.reset(faiss::read_index(FileIn(folder).c_str()));
    }));
    return std::make_unique<FaissIndex>(std::move(index), first);
  };
  return kind;
}

}  // namespace

std::vector<EngineKind> FaissEngines() {
  ::omp_set_num_threads(1);
  const std::string build(
      absl::StripAsciiWhitespace(absl::AsciiStrToLower(faiss::get_compile_options())));
  return {FaissKind(
              "faiss-hnsw",
              absl::StrCat("IndexHNSWSQ, M 16, efConstruction 200, 8 bit, faiss built as ", build),
              "efSearch", {10, 16, 24, 40, 64, 100, 160, 256, 512, 1024}, MakeGraph),
          FaissKind("faiss-ivf",
                    absl::StrCat("IndexIVFScalarQuantizer, 4 sqrt(n) lists, 8 bit, faiss built as ",
                                 build),
                    "nprobe", {1, 2, 4, 8, 16, 32, 64, 128, 256}, MakeLists)};
}

}  // namespace loadline::bench
