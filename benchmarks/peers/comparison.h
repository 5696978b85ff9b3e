#ifndef BENCHMARKS_PEERS_COMPARISON_H_
#define BENCHMARKS_PEERS_COMPARISON_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/peers/engine.h"
#include "benchmarks/peers/equal_recall.h"
#include "benchmarks/peers/vector_sets.h"

namespace loadline::bench {

inline constexpr size_t kNeighbours = 10;

// An engine in a comparison, and what was found of it.
struct Contestant {
  EngineKind kind;
  std::unique_ptr<Engine> engine;
  double build_cpu_seconds = 0;  // of all threads
  std::vector<EffortPoint> points;
};

// Makes the engine's index in the folder. Counted is what it takes until its background work is
// done and it has answered a query.
absl::StatusOr<Contestant> Build(const EngineKind& kind, const VectorSet& set,
                                 const std::string& folder);

struct SweepOptions {
  size_t rounds = 5;  // timed ones, at least 1
  uint64_t seed = 1;  // of the order in which points take turns
  // Told what is about to be done.
  std::function<void(const std::string& what)> progress = [](const std::string&) {};
};

// Asks every query at every effort of every engine, and fills `points`.
//
// First once for the answers: recall is the mean over the queries of workload::RecallAtK, which
// counts by distance: of equally near rows any is right, and a row counts once. Then in rounds for
// the times, in each of which all points of all engines take turns in another random order, so that
// whatever the machine does it does to all of them.
absl::Status Sweep(const VectorSet& set, std::vector<Contestant>& contestants,
                   const SweepOptions& options);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_COMPARISON_H_
