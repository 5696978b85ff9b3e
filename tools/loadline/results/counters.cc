#include "tools/loadline/results/counters.h"

#include <algorithm>

namespace loadline::results {
namespace {

bool NameLess(const Counters::value_type& counter, absl::string_view name) {
  return counter.first < name;
}

bool ByName(const Counters::value_type& a, const Counters::value_type& b) {
  return a.first < b.first;
}

}  // namespace

Counters::Counters(std::initializer_list<value_type> counters) {
  for (const auto& [name, value] : counters) emplace(name, value);
}

double& Counters::operator[](absl::string_view name) {
  const auto place = std::lower_bound(counters_.begin(), counters_.end(), name, NameLess);
  if (place != counters_.end() && place->first == name) return place->second;
  return counters_.emplace(place, std::string(name), 0.0)->second;
}

bool Counters::emplace(absl::string_view name, double value) {
  const auto place = std::lower_bound(counters_.begin(), counters_.end(), name, NameLess);
  if (place != counters_.end() && place->first == name) return false;
  counters_.emplace(place, std::string(name), value);
  return true;
}

Counters::const_iterator Counters::find(absl::string_view name) const {
  const auto place = std::lower_bound(counters_.begin(), counters_.end(), name, NameLess);
  return place != counters_.end() && place->first == name ? place : counters_.end();
}

void Counters::SwapIn(std::vector<value_type>& counters) {
  counters_.swap(counters);
  if (!std::is_sorted(counters_.begin(), counters_.end(), ByName)) {
    std::sort(counters_.begin(), counters_.end(), ByName);
  }
}

}  // namespace loadline::results
