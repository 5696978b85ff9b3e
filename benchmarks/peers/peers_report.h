#ifndef BENCHMARKS_PEERS_PEERS_REPORT_H_
#define BENCHMARKS_PEERS_PEERS_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/peers/comparison.h"
#include "benchmarks/peers/fresh_process.h"
#include "stowage/vector/vector_types.h"

namespace loadline::bench {

struct EngineResult {
  std::string name;
  std::string effort;  // what the points' efforts are
  std::vector<EffortPoint> points;
  double build_cpu_seconds = 0;
  FreshFigures fresh;
};

// What was measured on one set.
struct SetResult {
  std::string name;
  stowage::StoreConfig config;
  size_t rows = 0;
  size_t queries = 0;
  std::vector<EngineResult> engines;
};

// Two tables: a line an engine and a line a point. What each column estimates:
// benchmarks/README.md.
std::string PeersTable(const SetResult& result);

// A title line and a line a point.
std::string PeersCsv(absl::Span<const SetResult> results);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_PEERS_REPORT_H_
