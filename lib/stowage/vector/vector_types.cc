#include "stowage/vector/vector_types.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace stowage {

absl::string_view MetricName(Metric metric) {
  switch (metric) {
    case Metric::kSquaredL2:
      return "l2";
    case Metric::kInnerProduct:
      return "ip";
    case Metric::kCosine:
      return "cosine";
  }
  return "unknown";
}

absl::StatusOr<Metric> ParseMetric(absl::string_view text) {
  for (const Metric metric : {Metric::kSquaredL2, Metric::kInnerProduct, Metric::kCosine}) {
    if (text == MetricName(metric)) return metric;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "metric is \"", absl::CHexEscape(text.substr(0, 32)), "\", want l2, ip or cosine"));
}

}  // namespace stowage
