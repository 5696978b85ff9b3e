#include "tools/loadline/policy/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::policy {
namespace {

// Nobody mistypes a longer name, and the table below is quadratic.
constexpr size_t kLongestName = 64;

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string DidYouMean(absl::string_view given, absl::Span<const std::string> known) {
  std::string nearest;
  size_t smallest = given.size() / 2 + 1;
  for (const std::string& name : known) {
    if (std::max(given.size(), name.size()) > kLongestName) continue;
    const size_t distance = EditDistance(given, name);
    if (distance >= smallest) continue;
    smallest = distance;
    nearest = name;
  }
  return nearest.empty() ? "" : absl::StrCat("; did you mean ", results::Quoted(nearest), "?");
}

}  // namespace loadline::policy
