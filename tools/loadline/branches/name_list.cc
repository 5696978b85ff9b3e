#include "tools/loadline/branches/name_list.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::branches {
namespace {

constexpr size_t kMostNamed = 20;

}  // namespace

std::string NameList(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  const size_t named = std::min(names.size(), kMostNamed);
  const std::string list =
      results::EscapeUnprintable(absl::StrJoin(names.begin(), names.begin() + named, ", "));
  return named == names.size() ? list : absl::StrCat(list, ", and ", names.size() - named, " more");
}

}  // namespace loadline::branches
