#include <cmath>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "loadline/monitor/performance_monitor.h"

namespace loadline {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

template <typename Value>
void WriteOptional(Writer& writer, const char* key, const std::optional<Value>& value) {
  if (!value.has_value()) return;  // not answered by the OS: no key, never a made-up 0
  writer.Key(key);
  if constexpr (std::is_floating_point_v<Value>) {
    writer.Double(std::isfinite(*value) ? *value : 0);
  } else {
    writer.Uint64(*value);
  }
}

void WriteOperation(Writer& writer, const OperationSnapshot& operation) {
  const stats::LatencyHistogram& latency = operation.latency;
  writer.StartObject();
  writer.Key("name");
  writer.String(operation.name.data(), static_cast<rapidjson::SizeType>(operation.name.size()));
  writer.Key("count");
  writer.Uint64(operation.count);
  writer.Key("errors");
  writer.Uint64(operation.errors);
  const std::pair<const char*, double> quantiles[] = {{"lat_p50_ns", 0.5},
                                                      {"lat_p90_ns", 0.9},
                                                      {"lat_p99_ns", 0.99},
                                                      {"lat_p999_ns", 0.999},
                                                      {"lat_max_ns", 1.0}};
  for (const auto& [key, q] : quantiles) {
    writer.Key(key);
    writer.Uint64(latency.QuantileNanos(q));
  }
  writer.Key("lat_mean_ns");
  writer.Double(latency.mean_nanos());
  writer.EndObject();
}

void WriteSample(Writer& writer, const ProcessSample& sample) {
  writer.StartObject();
  writer.Key("steady_ns");
  writer.Int64(sample.steady_nanos);
  WriteOptional(writer, "memory_bytes", sample.memory_bytes);
  WriteOptional(writer, "peak_memory_bytes", sample.peak_memory_bytes);
  WriteOptional(writer, "cpu_pct", sample.cpu_percent);
  writer.EndObject();
}

}  // namespace

std::string ToJson(const MonitorSnapshot& snapshot) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("since_steady_ns");
  writer.Int64(snapshot.since_steady_nanos);
  writer.Key("taken_steady_ns");
  writer.Int64(snapshot.taken_steady_nanos);
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
