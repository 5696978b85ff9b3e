#ifndef TOOLS_LOADLINE_POLICY_QUANTITY_H_
#define TOOLS_LOADLINE_POLICY_QUANTITY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::policy {

// What is counted: "a plain number", "bytes", nanoseconds ("time"), "percent".
enum class Dimension { kNumber, kBytes, kTime, kPercent };
absl::string_view DimensionName(Dimension dimension);

struct Unit {
  absl::string_view name;
  Dimension dimension;
  double factor;  // bytes, nanoseconds or percent in one of it
};

// B kB KB MB GB KiB MiB GiB, ns us ms s m, %. Null for any other text (case matters).
const Unit* FindUnit(absl::string_view name);
std::vector<std::string> UnitNames();

// What one of a counter is, which its name says: by its last word ("lat_p99_ns", "start_ms",
// "heap_mb", "success_pct"; of "alloc_bytes_per_op" the last one before "_per_"), else by a word
// "bytes" anywhere ("max_bytes_used"). {"", kNumber, 1} where the name says nothing.
Unit UnitOf(absl::string_view counter);

// Why no measurement of `counter`, whose values are of dimension `dimension`, can come out as
// `value` ("a recall is from 0 to 1"); empty where one can, and for what is not finite. Durations,
// sizes and shares are not negative. Where the name says a difference ("rss_net_bytes",
// "clock_skew_ns", "recall_delta") any value can come out.
absl::string_view ImpossibleBecause(absl::string_view counter, Dimension dimension, double value);

// For people: "486.2 MB", "1.23 ms", "99.2 %", "12.5", "not finite". Four digits, or as many more
// as it takes to show on which side of `limit` the value is.
std::string FormatQuantity(double value, Dimension dimension,
                           std::optional<double> limit = std::nullopt);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_QUANTITY_H_
