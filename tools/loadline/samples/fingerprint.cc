#include "tools/loadline/samples/fingerprint.h"

#include "absl/hash/hash.h"

namespace loadline::samples {

void Fingerprint::Add(const results::Row& row) {
  any_ = true;
  for (const auto& [name, value] : row.counters) rows_ = absl::HashOf(rows_, value);
  rows_ = absl::HashOf(rows_, row.run_name, row.repetition_index, row.real_time_ns.value_or(0),
                       row.cpu_time_ns.value_or(0));
}

uint64_t Fingerprint::At(absl::string_view date) const {
  return any_ ? absl::HashOf(rows_, date) : 0;
}

uint64_t FingerprintOf(const results::ResultFile& file) {
  Fingerprint fingerprint;
  for (const results::Row& row : file.rows) {
    const bool measured =
        row.run_type == results::RunType::kIteration && !row.error_occurred && !row.skipped;
    if (measured) fingerprint.Add(row);
  }
  return fingerprint.At(file.ContextText("date"));
}

}  // namespace loadline::samples
