#include "stowage/vector/vector_checks.h"

#include <cmath>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/index_kind.h"
#include "stowage/vector/metric.h"

namespace stowage {
namespace {

absl::Status CheckChunk(const ChunkRef& chunk) {
  if (chunk.first_line < 0 || chunk.last_line < chunk.first_line) {
    return absl::InvalidArgumentError(absl::StrCat("lines ", chunk.first_line, " to ",
                                                   chunk.last_line,
                                                   ", want 0 <= first line <= last line"));
  }
  return absl::OkStatus();
}

// The status with the entry that it is about put in front.
absl::Status AboutEntry(const absl::Status& status, size_t position, uint64_t id) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("entry ", position, " of the batch (id ", id,
                                                  "): ", status.message()));
}

}  // namespace

absl::Status CheckConfig(const StoreConfig& config) {
  if (config.dimension == 0 || config.dimension > kMaxDimension) {
    return absl::InvalidArgumentError(
        absl::StrCat("dimension is ", config.dimension, ", want 1 to ", kMaxDimension));
  }
  LOADLINE_RETURN_IF_ERROR(Metrics().Check(config.metric));
  LOADLINE_RETURN_IF_ERROR(IndexKinds().Check(config.index));
  if (!(config.target_recall >= 0 && config.target_recall < 1)) {
    return absl::InvalidArgumentError(absl::StrCat("target_recall is ", config.target_recall,
                                                   ", want 0 to 1; the index \"exact\" finds all"));
  }
  return absl::OkStatus();
}

absl::Status CheckValues(absl::Span<const float> values, const StoreConfig& config) {
  if (values.size() != config.dimension) {
    return absl::InvalidArgumentError(absl::StrCat(
        "vector has ", values.size(), " components, the store's dimension is ", config.dimension));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    // Written so that NaN fails it too.
    if (!(std::fabs(values[i]) <= kMaxComponent)) {
      return absl::InvalidArgumentError(absl::StrCat("component ", i, " is ", values[i],
                                                     ", want a finite number of at most 1e18"));
    }
  }
  if (config.metric == Metric::kCosine) {
    const double norm = LengthInDouble(values);
    if (norm < kMinCosineNorm) {
      return absl::InvalidArgumentError(absl::StrCat("vector has norm ", norm,
                                                     ", which has no direction: want at least ",
                                                     kMinCosineNorm, " under cosine"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckQueries(absl::Span<const float> queries, const StoreConfig& config) {
  for (size_t begin = 0; begin < queries.size(); begin += config.dimension) {
    const absl::Status status = CheckValues(queries.subspan(begin, config.dimension), config);
    if (status.ok()) continue;
    return absl::Status(status.code(),
                        absl::StrCat("query ", begin / config.dimension, ": ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status CheckTargetRecall(double target) {
  // Written so that NaN fails it too.
  if (target >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("target recall is ", target, ", want a number of at least 0"));
}

absl::Status CheckEntry(const VectorEntry& entry, const StoreConfig& config) {
  const absl::Status status = CheckValues(entry.values, config);
  return status.ok() ? CheckChunk(entry.chunk) : status;
}

absl::Status CheckEntries(absl::Span<const VectorEntry> entries, const StoreConfig& config,
                          size_t max_bytes) {
  absl::flat_hash_map<uint64_t, size_t> positions;
  positions.reserve(entries.size());
  size_t bytes = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const VectorEntry& entry = entries[i];
    const absl::Status status = CheckEntry(entry, config);
    if (!status.ok()) return AboutEntry(status, i, entry.id);
    const auto [first, is_new] = positions.emplace(entry.id, i);
    if (!is_new) {
      return AboutEntry(
          absl::InvalidArgumentError(absl::StrCat("the same id as entry ", first->second)), i,
          entry.id);
    }
    bytes +=
        entry.values.size() * sizeof(float) + entry.chunk.file.size() + entry.chunk.language.size();
    if (bytes > max_bytes) {
      return AboutEntry(absl::InvalidArgumentError(absl::StrCat("the batch is above ", max_bytes,
                                                                " bytes here; split it")),
                        i, entry.id);
    }
  }
  return absl::OkStatus();
}

}  // namespace stowage
