#include "tools/loadline/judge/counted.h"

#include "absl/strings/str_cat.h"

namespace loadline::judge {

std::string Counted(size_t count, absl::string_view one, absl::string_view many) {
  if (count == 1) return absl::StrCat(count, " ", one);
  return many.empty() ? absl::StrCat(count, " ", one, "s") : absl::StrCat(count, " ", many);
}

}  // namespace loadline::judge
