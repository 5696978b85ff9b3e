// The text format of https://prometheus.io/docs/specs/om/open_metrics_spec/ (OpenMetrics 1.0).

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "loadline/monitor/performance_monitor.h"

namespace loadline {
namespace {

constexpr double kNanosPerSecond = 1e9;

std::string Label(const OperationSnapshot& operation) {
  return absl::StrCat(
      "operation=\"",
      absl::StrReplaceAll(operation.name, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}), "\"");
}

std::string Seconds(double nanos) { return absl::StrCat(nanos / kNanosPerSecond); }

template <typename Value>
void AppendCounter(std::string& text, absl::string_view name, absl::string_view help,
                   const MonitorSnapshot& snapshot, Value value) {
  absl::StrAppend(&text, "# TYPE ", name, " counter\n# HELP ", name, " ", help, "\n");
  for (const OperationSnapshot& operation : snapshot.operations) {
    absl::StrAppend(&text, name, "_total{", Label(operation), "} ", value(operation), "\n");
  }
}

void AppendLatencies(std::string& text, const MonitorSnapshot& snapshot) {
  constexpr char kName[] = "loadline_operation_duration_seconds";
  absl::StrAppend(&text, "# TYPE ", kName, " summary\n# UNIT ", kName, " seconds\n# HELP ", kName,
                  " Time an operation took.\n");
  for (const OperationSnapshot& operation : snapshot.operations) {
    const std::string label = Label(operation);
    for (const char* quantile : {"0.5", "0.9", "0.99", "0.999"}) {
      const uint64_t nanos = operation.latency.QuantileNanos(std::stod(quantile));
      absl::StrAppend(&text, kName, "{", label, ",quantile=\"", quantile, "\"} ",
                      Seconds(static_cast<double>(nanos)), "\n");
    }
    const double sum =
        operation.latency.mean_nanos() * static_cast<double>(operation.latency.count());
    absl::StrAppend(&text, kName, "_count{", label, "} ", operation.count, "\n");
    absl::StrAppend(&text, kName, "_sum{", label, "} ", Seconds(sum), "\n");
  }
}

template <typename Value>
void AppendGauge(std::string& text, absl::string_view name, absl::string_view unit,
                 absl::string_view help, const std::optional<Value>& value, double scale) {
  if (!value.has_value()) return;
  absl::StrAppend(&text, "# TYPE ", name, " gauge\n# UNIT ", name, " ", unit, "\n# HELP ", name,
                  " ", help, "\n", name, " ", static_cast<double>(*value) * scale, "\n");
}

}  // namespace

std::string ToOpenMetrics(const MonitorSnapshot& snapshot) {
  std::string text;
  AppendCounter(text, "loadline_operations", "Finished operations, failed ones included.", snapshot,
                [](const OperationSnapshot& operation) { return operation.count; });
  AppendCounter(text, "loadline_operation_errors", "Operations that failed.", snapshot,
                [](const OperationSnapshot& operation) { return operation.errors; });
  AppendLatencies(text, snapshot);
  if (!snapshot.samples.empty()) {
    const ProcessSample& newest = snapshot.samples.back();
    AppendGauge(text, "loadline_process_memory_bytes", "bytes", "Resident memory.",
                newest.memory_bytes, 1);
    AppendGauge(text, "loadline_process_memory_peak_bytes", "bytes", "The most it has been.",
                newest.peak_memory_bytes, 1);
    AppendGauge(text, "loadline_process_cpu_ratio", "ratio", "CPUs in use since the last sample.",
                newest.cpu_percent, 0.01);
  }
  text += "# EOF\n";
  return text;
}

}  // namespace loadline
