#ifndef TOOLS_LOADLINE_JUDGE_QUANTITY_H_
#define TOOLS_LOADLINE_JUDGE_QUANTITY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::judge {

// What a counter counts, which the end of its name says: "_bytes", "_ns", "_pct". Its values are
// in bytes, nanoseconds, percent, or plain numbers.
enum class Dimension { kNumber, kBytes, kTime, kPercent };

Dimension DimensionOf(absl::string_view counter);

// "bytes", "time", "percent", "a plain number".
absl::string_view DimensionName(Dimension dimension);

struct Unit {
  absl::string_view name;
  Dimension dimension;
  double factor;  // bytes, nanoseconds or percent in one of it
};

// B kB KB MB GB KiB MiB GiB, ns us ms s m, %. Null for any other text (case matters).
const Unit* FindUnit(absl::string_view name);
std::vector<std::string> UnitNames();

// For people: "486.2 MB", "1.23 ms", "99.2 %", "12.5", "not finite". Four digits, or as many more
// as it takes to show on which side of `limit` the value is.
std::string FormatQuantity(double value, Dimension dimension,
                           std::optional<double> limit = std::nullopt);

}  // namespace loadline::judge

#endif  // TOOLS_LOADLINE_JUDGE_QUANTITY_H_
