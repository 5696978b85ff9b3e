#include "loadline/harness/counters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace loadline::harness {
namespace {

// Keys of a row in Google Benchmark's JSON, 1.5 to 1.9.
constexpr std::array kRowKeys = {
    "aggregate_name",
    "aggregate_unit",
    "allocs_per_iter",
    "big_o",
    "cpu_coefficient",
    "cpu_time",
    "error_message",
    "error_occurred",
    "family_index",
    "iterations",
    "label",
    "max_bytes_used",
    "name",
    "net_heap_growth",
    "per_family_instance_index",
    "real_coefficient",
    "real_time",
    "repetition_index",
    "repetitions",
    "rms",
    "run_name",
    "run_type",
    "skip_message",
    "skipped",
    "threads",
    "time_unit",
    "total_allocated_bytes",
};

bool IsRowKey(absl::string_view name) {
  return std::find(kRowKeys.begin(), kRowKeys.end(), name) != kRowKeys.end();
}

// Bytes of the UTF-8 character at the start of `text`, 0 if there is none. Looks at the shape
// only: the reader of results judges overlong forms and surrogates.
size_t Utf8Length(absl::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  const size_t length = byte < 0x80   ? 1
                        : byte < 0xC2 ? 0
                        : byte < 0xE0 ? 2
                        : byte < 0xF0 ? 3
                        : byte < 0xF5 ? 4
                                      : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

void SetGauge(benchmark::State& state, absl::string_view name, double value) {
  if (state.thread_index() != 0) return;
  state.counters[std::string(name)] = benchmark::Counter(value);
}

void SanitizeCounters(absl::string_view benchmark_name, benchmark::UserCounters& counters,
                      std::vector<std::string>& warnings) {
  benchmark::UserCounters clean;
  for (const auto& [name, counter] : counters) {
    if (!std::isfinite(counter.value)) {
      warnings.push_back(absl::StrCat("benchmark ", benchmark_name, ": counter \"", name, "\" is ",
                                      counter.value, " and is left out: JSON has no such number"));
      continue;
    }
    if (!IsRowKey(name)) {
      clean[name] = counter;
      continue;
    }
    const std::string renamed = absl::StrCat("counter_", name);
    warnings.push_back(absl::StrCat("benchmark ", benchmark_name, ": counter \"", name,
                                    "\" has the name of a field of the result format and is ",
                                    "written as \"", renamed, "\""));
    clean[renamed] = counter;
  }
  counters = std::move(clean);
}

std::string SanitizeText(absl::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      clean += '?';
    } else if (byte < 0x20 || byte == 0x7F) {
      clean += ' ';
    } else {
      clean.append(text.data(), length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return clean;
}

}  // namespace loadline::harness
