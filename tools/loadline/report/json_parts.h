#ifndef TOOLS_LOADLINE_REPORT_JSON_PARTS_H_
#define TOOLS_LOADLINE_REPORT_JSON_PARTS_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/loadline/limits/check.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {

// What the JSON of every report is made of.

results::Json::Array JsonStrings(const std::vector<std::string>& strings);
results::Json JsonHost(const samples::Host& host);
// Null when there is no number, or when it is not finite.
results::Json JsonFinite(std::optional<double> number);

// `as_json` of each item.
template <typename T, typename F>
results::Json::Array JsonEach(const std::vector<T>& items, F as_json) {
  results::Json::Array out;
  for (const T& item : items) out.push_back(as_json(item));
  return out;
}

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_JSON_PARTS_H_
