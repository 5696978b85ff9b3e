#include "tools/loadline/report/json_parts.h"

#include <cmath>

namespace loadline::report {

using results::Json;

Json::Array JsonStrings(const std::vector<std::string>& strings) {
  return Json::Array(strings.begin(), strings.end());
}

Json JsonHost(const samples::Host& host) {
  return Json::Object{{"name", host.name},
                      {"description", host.description},
                      {"reference_machine", host.reference}};
}

Json JsonFinite(std::optional<double> number) {
  if (!number.has_value() || !std::isfinite(*number)) return Json();
  return Json(*number);
}

}  // namespace loadline::report
