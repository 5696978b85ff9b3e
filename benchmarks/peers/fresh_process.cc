#include "benchmarks/peers/fresh_process.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "benchmarks/fixture/child_program.h"
#include "benchmarks/peers/comparison.h"
#include "benchmarks/peers/float_file.h"
#include "loadline/base/clock.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/free_memory.h"
#include "loadline/platform/cpu.h"
#include "loadline/platform/memory.h"

namespace loadline::bench {
namespace {

absl::Status AskAll(Engine& engine, const VectorSet& set) {
  for (size_t q = 0; q < set.query_count(); ++q) {
    LOADLINE_RETURN_IF_ERROR(engine.Search(set.query(q), kNeighbours).status());
  }
  return absl::OkStatus();
}

double Bytes(const platform::MemoryReading& reading) {
  return static_cast<double>(reading.bytes.value_or(0));
}

double CpuSeconds() { return 1e-9 * static_cast<double>(platform::ProcessCpuNanos().value_or(0)); }

absl::StatusOr<FreshFigures> Measure(const EngineKind& kind, const VectorSet& set,
                                     const std::string& folder) {
  harness::ReturnFreeMemory();
  const double before = Bytes(platform::CurrentMemory());
  const double cpu_before = CpuSeconds();
  const int64_t start = Clock::Real().SteadyNanos();
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, kind.open(set.config, folder));
  LOADLINE_RETURN_IF_ERROR(engine->Search(set.query(0), kNeighbours).status());
  FreshFigures figures;
  figures.first_answer_seconds = 1e-9 * static_cast<double>(Clock::Real().SteadyNanos() - start);
  engine->Settle();
  figures.settled_cpu_seconds = CpuSeconds() - cpu_before;
  LOADLINE_RETURN_IF_ERROR(AskAll(*engine, set));
  harness::ReturnFreeMemory();
  figures.resident_bytes = Bytes(platform::CurrentMemory()) - before;
  figures.peak_bytes = std::max(figures.resident_bytes, Bytes(platform::PeakMemory()) - before);
  return figures;
}

}  // namespace

absl::StatusOr<FreshFigures> MeasureFresh(const std::string& program, const EngineKind& kind,
                                          const VectorSet& set, const std::string& folder) {
  const std::string queries = absl::StrCat(folder, "-queries");
  LOADLINE_RETURN_IF_ERROR(WriteFloats(queries, set.queries));
  LOADLINE_ASSIGN_OR_RETURN(
      const std::string said,
      RunProgram(program, {std::string(kFreshFlag), kind.name, folder, queries,
                           absl::StrCat(set.config.dimension),
                           std::string(stowage::MetricName(set.config.metric))}));
  // What its libraries log may stand before it.
  const std::vector<std::string> lines = absl::StrSplit(said, '\n');
  const std::vector<std::string> words = absl::StrSplit(lines.back(), ' ');
  FreshFigures figures;
  if (words.size() == 4 && absl::SimpleAtod(words[0], &figures.first_answer_seconds) &&
      absl::SimpleAtod(words[1], &figures.settled_cpu_seconds) &&
      absl::SimpleAtod(words[2], &figures.resident_bytes) &&
      absl::SimpleAtod(words[3], &figures.peak_bytes)) {
    return figures;
  }
  return absl::InternalError(absl::StrCat("a fresh process of ", kind.name, " said: ", said));
}

absl::StatusOr<std::string> RunFresh(const std::vector<std::string>& arguments) {
  VectorSet set;
  if (arguments.size() != 5 || !absl::SimpleAtoi(arguments[3], &set.config.dimension) ||
      set.config.dimension == 0) {
    return absl::InvalidArgumentError("want ENGINE FOLDER QUERIES DIMENSION METRIC");
  }
  LOADLINE_ASSIGN_OR_RETURN(set.config.metric, stowage::ParseMetric(arguments[4]));
  LOADLINE_ASSIGN_OR_RETURN(set.queries, ReadFloats(arguments[2]));
  if (set.query_count() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(arguments[2], " has no query"));
  }
  for (const EngineKind& kind : AllEngines()) {
    if (kind.name != arguments[0]) continue;
    LOADLINE_ASSIGN_OR_RETURN(const FreshFigures figures, Measure(kind, set, arguments[1]));
    return absl::StrCat(figures.first_answer_seconds, " ", figures.settled_cpu_seconds, " ",
                        figures.resident_bytes, " ", figures.peak_bytes);
  }
  return absl::NotFoundError(absl::StrCat("no engine ", arguments[0]));
}

}  // namespace loadline::bench
