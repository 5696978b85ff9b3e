#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <optional>
#include <string>

#include "loadline/monitor/performance_monitor.h"
#include "loadline/monitor/valid_utf8.h"

namespace loadline {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteText(Writer& writer, absl::string_view text) {
  const std::string valid = ValidUtf8(text);
  writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

void WriteCount(Writer& writer, const char* key, std::optional<uint64_t> value) {
  writer.Key(key);
  if (value.has_value()) {
    writer.Uint64(*value);
  } else {
    writer.Null();
  }
}

void WriteNumber(Writer& writer, const char* key, std::optional<double> value) {
  writer.Key(key);
  if (value.has_value() && std::isfinite(*value)) {
    writer.Double(*value);
  } else {
    writer.Null();
  }
}

void WriteTime(Writer& writer, const char* key, int64_t nanos) {
  writer.Key(key);
  writer.Int64(nanos);
}

void WriteLatency(Writer& writer, const stats::LatencyHistogram& latency) {
  const bool known = latency.count() > 0;
  const auto write_quantile = [&](const char* key, double q) {
    WriteCount(writer, key, known ? std::optional(latency.QuantileNanos(q)) : std::nullopt);
  };
  WriteNumber(writer, "lat_mean_ns", known ? std::optional(latency.mean_nanos()) : std::nullopt);
  write_quantile("lat_min_ns", 0);
  write_quantile("lat_p50_ns", 0.5);
  write_quantile("lat_p90_ns", 0.9);
  write_quantile("lat_p99_ns", 0.99);
  write_quantile("lat_p999_ns", 0.999);
  write_quantile("lat_max_ns", 1);
}

void WriteOperation(Writer& writer, const OperationSnapshot& operation) {
  writer.StartObject();
  writer.Key("name");
  WriteText(writer, operation.name);
  WriteCount(writer, "ops_total", operation.count);
  WriteCount(writer, "ops_failed", operation.errors);
  WriteLatency(writer, operation.latency);
  writer.EndObject();
}

void WriteSample(Writer& writer, const ProcessSample& sample) {
  writer.StartObject();
  WriteTime(writer, "steady_ns", sample.steady_nanos);
  WriteCount(writer, "memory_bytes", sample.memory_bytes);
  WriteCount(writer, "peak_memory_bytes", sample.peak_memory_bytes);
  WriteNumber(writer, "cpu_pct", sample.cpu_percent);
  writer.EndObject();
}

}  // namespace

std::string ToJson(const MonitorSnapshot& snapshot) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  WriteCount(writer, "version", 1);
  WriteTime(writer, "since_steady_ns", snapshot.since_steady_nanos);
  WriteTime(writer, "taken_steady_ns", snapshot.taken_steady_nanos);
  writer.Key("operations");
  writer.StartArray();
  for (const OperationSnapshot& operation : snapshot.operations) WriteOperation(writer, operation);
  writer.EndArray();
  writer.Key("samples");
  writer.StartArray();
  for (const ProcessSample& sample : snapshot.samples) WriteSample(writer, sample);
  writer.EndArray();
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace loadline
