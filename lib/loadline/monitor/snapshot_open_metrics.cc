// The text format of the OpenMetrics specification, version 1.0.

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "loadline/monitor/performance_monitor.h"
#include "loadline/monitor/valid_utf8.h"

namespace loadline {
namespace {

struct Family {
  const char* name;
  const char* type;
  const char* unit;  // the end of the name, or empty
  const char* help;
};

void AppendFamily(std::string& out, const Family& family) {
  absl::StrAppend(&out, "# TYPE ", family.name, " ", family.type, "\n");
  if (family.unit[0] != '\0') absl::StrAppend(&out, "# UNIT ", family.name, " ", family.unit, "\n");
  absl::StrAppend(&out, "# HELP ", family.name, " ", family.help, "\n");
}

// `snapshot` with names in UTF-8 and the operations whose names are then the same as one: a series
// must not be there twice.
MonitorSnapshot WithNamesThatDiffer(const MonitorSnapshot& snapshot) {
  MonitorSnapshot merged;
  merged.samples = snapshot.samples;
  std::map<std::string, size_t> index_of;
  for (const OperationSnapshot& operation : snapshot.operations) {
    std::string name = ValidUtf8(operation.name);
    const auto [at, is_new] = index_of.emplace(name, merged.operations.size());
    if (is_new) {
      merged.operations.push_back(operation);
      merged.operations.back().name = std::move(name);
      continue;
    }
    OperationSnapshot& same = merged.operations[at->second];
    same.count += operation.count;
    same.errors += operation.errors;
    same.latency.Merge(operation.latency);
  }
  return merged;
}

std::string OperationLabel(const OperationSnapshot& operation) {
  return absl::StrCat(
      "operation=\"",
      absl::StrReplaceAll(operation.name, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}), "\"");
}

// Nanoseconds as seconds, exactly.
std::string Seconds(uint64_t nanos) {
  constexpr uint64_t kNanosPerSecond = 1'000'000'000;
  return absl::StrCat(nanos / kNanosPerSecond, ".",
                      absl::Dec(nanos % kNanosPerSecond, absl::kZeroPad9));
}

void AppendCounter(std::string& out, const Family& family, const MonitorSnapshot& snapshot,
                   uint64_t OperationSnapshot::*value) {
  AppendFamily(out, family);
  for (const OperationSnapshot& operation : snapshot.operations) {
    absl::StrAppend(&out, family.name, "_total{", OperationLabel(operation), "} ", operation.*value,
                    "\n");
  }
}

void AppendLatency(std::string& out, const MonitorSnapshot& snapshot) {
  constexpr Family kFamily = {"loadline_operation_latency_seconds", "summary", "seconds",
                              "Time from start to end of an operation."};
  AppendFamily(out, kFamily);
  for (const OperationSnapshot& operation : snapshot.operations) {
    const stats::LatencyHistogram& latency = operation.latency;
    const std::string label = OperationLabel(operation);
    if (latency.count() > 0) {
      for (const double q : {0.5, 0.9, 0.99, 0.999, 1.0}) {
        absl::StrAppend(&out, kFamily.name, "{", label, ",quantile=\"", q, q == 1 ? ".0" : "",
                        "\"} ", Seconds(latency.QuantileNanos(q)), "\n");
      }
    }
    absl::StrAppend(&out, kFamily.name, "_count{", label, "} ", latency.count(), "\n");
    absl::StrAppend(&out, kFamily.name, "_sum{", label, "} ", Seconds(latency.total_nanos()), "\n");
  }
}

// A gauge without a value is left out: 0 would be an answer that nobody gave.
void AppendGauge(std::string& out, const Family& family, const std::optional<std::string>& value) {
  if (!value.has_value()) return;
  AppendFamily(out, family);
  absl::StrAppend(&out, family.name, " ", *value, "\n");
}

std::optional<std::string> Text(const std::optional<uint64_t>& bytes) {
  if (!bytes.has_value()) return std::nullopt;
  return absl::StrCat(*bytes);
}

void AppendProcess(std::string& out, const ProcessSample& newest) {
  AppendGauge(out, {"loadline_process_memory_bytes", "gauge", "bytes", "Memory of the process."},
              Text(newest.memory_bytes));
  AppendGauge(out,
              {"loadline_process_peak_memory_bytes", "gauge", "bytes",
               "The most memory that the process has had."},
              Text(newest.peak_memory_bytes));
  std::optional<std::string> cpu;
  if (newest.cpu_percent.has_value() && std::isfinite(*newest.cpu_percent)) {
    cpu = absl::StrCat(*newest.cpu_percent / 100);
  }
  AppendGauge(out,
              {"loadline_process_cpu_ratio", "gauge", "ratio",
               "Cores kept busy by the process since the sample before."},
              cpu);
}

}  // namespace

std::string ToOpenMetrics(const MonitorSnapshot& original) {
  const MonitorSnapshot snapshot = WithNamesThatDiffer(original);
  std::string out;
  AppendCounter(out, {"loadline_operations", "counter", "", "Finished operations."}, snapshot,
                &OperationSnapshot::count);
  AppendCounter(out, {"loadline_operation_errors", "counter", "", "Operations that failed."},
                snapshot, &OperationSnapshot::errors);
  AppendLatency(out, snapshot);
  if (!snapshot.samples.empty()) AppendProcess(out, snapshot.samples.back());
  out += "# EOF\n";
  return out;
}

}  // namespace loadline
