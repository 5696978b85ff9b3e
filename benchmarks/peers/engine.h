#ifndef BENCHMARKS_PEERS_ENGINE_H_
#define BENCHMARKS_PEERS_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "benchmarks/peers/vector_sets.h"
#include "stowage/vector/vector_types.h"

namespace loadline::bench {

// One index over the rows of a set, ready to be asked. For one thread at a time.
class Engine {
 public:
  virtual ~Engine() = default;

  // One of EngineKind::efforts: how much each Search() does from now on.
  virtual absl::Status SetEffort(double effort) = 0;
  // Row numbers of the k nearest found, nearest first.
  virtual absl::StatusOr<std::vector<uint64_t>> Search(absl::Span<const float> query, size_t k) = 0;
  // What answers at this effort, where that differs; else "".
  virtual std::string State() { return ""; }
  // Waits for what goes on in the background after Build or Open.
  virtual void Settle() {}
};

// A way of searching. Vectors of a cosine set have norm 1, rows and queries alike.
struct EngineKind {
  std::string name;
  std::string facts;            // what it is and which instructions it was compiled for
  std::string effort;           // what the numbers below are: "ef"
  std::vector<double> efforts;  // in rising order; Build and Open set one
  // Makes an index and leaves it in the folder, which is empty. The set outlives the engine.
  std::function<absl::StatusOr<std::unique_ptr<Engine>>(const VectorSet& set,
                                                        const std::string& folder)>
      build;
  // What `build` left there, while no other engine has it open.
  std::function<absl::StatusOr<std::unique_ptr<Engine>>(const stowage::StoreConfig& config,
                                                        const std::string& folder)>
      open;
};

// Our store through VectorStoreManager, as an application uses it: durable, checked, with ids and
// files. Effort: VectorOptions::target_recall, and 1 for exact answers.
EngineKind StoreEngine();
// PlainHnsw. Effort: ef.
EngineKind HnswlibEngine();
// Every row's floats, by the store's distance kernels. One effort.
EngineKind ExactEngine();
// IndexHNSWSQ with eight-bit codes (effort: efSearch) and IndexIVFScalarQuantizer likewise (effort:
// nprobe); none in a build without faiss.
std::vector<EngineKind> FaissEngines();

// All of this build, ours first.
std::vector<EngineKind> AllEngines();

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_ENGINE_H_
