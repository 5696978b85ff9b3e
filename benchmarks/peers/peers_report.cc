#include "benchmarks/peers/peers_report.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace loadline::bench {
namespace {

constexpr double kRecalls[] = {0.95, 0.96, 0.99};

std::string TimesAtRecalls(const EngineResult& engine, size_t queries) {
  const double finest = 0.5 / static_cast<double>(queries * kNeighbours);
  std::string cells;
  for (const double recall : kRecalls) {
    const std::optional<double> micros = MicrosAtRecall(engine.points, recall, finest);
    absl::StrAppendFormat(&cells, " %9s", micros ? absl::StrFormat("%.1f", *micros) : "-");
  }
  return cells;
}

double BestRecall(const EngineResult& engine) {
  double best = 0;
  for (const EffortPoint& point : engine.points) best = std::max(best, point.recall);
  return best;
}

std::string SelfOf(const EffortPoint& point, const char* none) {
  return point.self ? absl::StrFormat("%.3f", *point.self) : none;
}

std::string EngineLine(const EngineResult& engine, const SetResult& result) {
  const auto rows = static_cast<double>(result.rows);
  const FreshFigures& fresh = engine.fresh;
  return absl::StrFormat("%-11s%s %7.4f %8.2f %9.1f %8.2f %9.0f %9.0f\n", engine.name,
                         TimesAtRecalls(engine, result.queries), BestRecall(engine),
                         engine.build_cpu_seconds, 1e3 * fresh.first_answer_seconds,
                         fresh.settled_cpu_seconds, fresh.resident_bytes / rows,
                         fresh.peak_bytes / rows);
}

}  // namespace

std::string PeersTable(const SetResult& result) {
  std::string table = absl::StrFormat(
      "%s: %d x %d, %s, %d queries, the %d nearest\n\n"
      "engine      us@0.95   us@0.96   us@0.99    best  build_s  first_ms   open_s   B/vec "
      "peak_B/vec\n",
      result.name, result.rows, result.config.dimension, stowage::MetricName(result.config.metric),
      result.queries, kNeighbours);
  for (const EngineResult& engine : result.engines) table += EngineLine(engine, result);
  table += "\nengine        effort  recall below.5   self    cpu_us   wall_us by\n";
  for (const EngineResult& engine : result.engines) {
    for (const EffortPoint& point : engine.points) {
      absl::StrAppendFormat(&table, "%-11s %8g %7.4f %7.3f %6s %9.1f %9.1f %s\n", engine.name,
                            point.effort, point.recall, point.below_half, SelfOf(point, "-"),
                            point.cpu_micros, point.wall_micros, point.by);
    }
  }
  return table;
}

std::string PeersCsv(absl::Span<const SetResult> results) {
  std::string csv =
      "set,rows,dimension,metric,queries,engine,effort_name,effort,recall,below_half,self,by,"
      "cpu_us,wall_us,build_cpu_s,first_answer_s,open_cpu_s,resident_bytes,peak_bytes\n";
  for (const SetResult& result : results) {
    for (const EngineResult& engine : result.engines) {
      for (const EffortPoint& point : engine.points) {
        absl::StrAppendFormat(
            &csv, "%s,%d,%d,%s,%d,%s,%s,%g,%.6f,%.6f,%s,%s,%.3f,%.3f,%.4f,%.6f,%.4f,%.0f,%.0f\n",
            result.name, result.rows, result.config.dimension,
            stowage::MetricName(result.config.metric), result.queries, engine.name, engine.effort,
            point.effort, point.recall, point.below_half, SelfOf(point, ""), point.by,
            point.cpu_micros, point.wall_micros, engine.build_cpu_seconds,
            engine.fresh.first_answer_seconds, engine.fresh.settled_cpu_seconds,
            engine.fresh.resident_bytes, engine.fresh.peak_bytes);
      }
    }
  }
  return csv;
}

}  // namespace loadline::bench
