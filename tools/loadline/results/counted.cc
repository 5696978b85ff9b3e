#include "tools/loadline/results/counted.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {

std::string Counted(size_t count, absl::string_view one, absl::string_view many) {
  if (count == 1) return absl::StrCat(count, " ", one);
  return many.empty() ? absl::StrCat(count, " ", one, "s") : absl::StrCat(count, " ", many);
}

std::string QuotedNames(absl::Span<const std::string> names, absl::string_view separator,
                        size_t most) {
  const std::string quoted = absl::StrJoin(names.subspan(0, most), separator,
                                           [](std::string* out, const std::string& name) {
                                             absl::StrAppend(out, results::Quoted(name));
                                           });
  return names.size() <= most ? quoted
                              : absl::StrCat(quoted, " and ", names.size() - most, " more");
}

}  // namespace loadline::results
