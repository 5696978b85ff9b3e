#include "tools/loadline/results/result_file.h"

namespace loadline::results {

std::optional<double> Row::Counter(absl::string_view counter) const {
  if (counter == "real_time_ns" && real_time_ns.has_value()) return real_time_ns;
  if (counter == "cpu_time_ns" && cpu_time_ns.has_value()) return cpu_time_ns;
  const auto found = counters.find(counter);
  if (found == counters.end()) return std::nullopt;
  return found->second;
}

bool IsFit(const Row& row) { return row.aggregate_name == "BigO" || row.aggregate_name == "RMS"; }

std::string ResultFile::ContextText(absl::string_view key) const {
  const Json* const said = FindMember(context, key);
  return said == nullptr ? std::string() : said->AsText();
}

bool ResultFile::incomplete() const {
  // Anything that is not plainly "false" counts as cut short.
  const Json* const said = FindMember(context, "loadline.incomplete");
  return said != nullptr && said->AsText() != "false";
}

double NanosPerTimeUnit(absl::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  return 0;
}

}  // namespace loadline::results
