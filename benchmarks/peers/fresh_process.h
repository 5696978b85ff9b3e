#ifndef BENCHMARKS_PEERS_FRESH_PROCESS_H_
#define BENCHMARKS_PEERS_FRESH_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/peers/engine.h"
#include "benchmarks/peers/vector_sets.h"

namespace loadline::bench {

// What an engine costs a process that does nothing but open what was built before, wait for the
// engine's background work and ask every query of the set. The files' pages are in memory already.
// Bytes are beyond what the process had when it had read the queries; at the end the allocator is
// asked to give back what nothing uses.
struct FreshFigures {
  double first_answer_seconds = 0;  // that passed until it has opened it and answered one query
  double settled_cpu_seconds = 0;   // of all threads, until the background work is done as well
  double resident_bytes = 0;        // at the end
  double peak_bytes = 0;            // at any time
};

// The first argument with which this program calls itself.
inline constexpr absl::string_view kFreshFlag = "--fresh";

// Runs `program`, this one, for the engine that `kind.build` left in the folder. kInternal, with
// what it said: it failed.
absl::StatusOr<FreshFigures> MeasureFresh(const std::string& program, const EngineKind& kind,
                                          const VectorSet& set, const std::string& folder);

// What that program then does with the arguments after kFreshFlag: the line that MeasureFresh
// reads.
absl::StatusOr<std::string> RunFresh(const std::vector<std::string>& arguments);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_FRESH_PROCESS_H_
