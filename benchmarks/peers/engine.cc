#include "benchmarks/peers/engine.h"

namespace loadline::bench {

#ifndef LOADLINE_PEERS_FAISS
std::vector<EngineKind> FaissEngines() { return {}; }
#endif

std::vector<EngineKind> AllEngines() {
  std::vector<EngineKind> all = {StoreEngine(), HnswlibEngine()};
  for (EngineKind& kind : FaissEngines()) all.push_back(std::move(kind));
  all.push_back(ExactEngine());
  return all;
}

}  // namespace loadline::bench
