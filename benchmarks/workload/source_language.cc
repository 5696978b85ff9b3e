#include "benchmarks/workload/source_language.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace loadline::workload {
namespace {

struct Extension {
  absl::string_view suffix;
  absl::string_view language;
};
constexpr Extension kExtensions[] = {
    {".h", "c-header"},     {".hh", "cpp-header"},  {".hpp", "cpp-header"}, {".hxx", "cpp-header"},
    {".ipp", "cpp-header"}, {".tcc", "cpp-header"}, {".inl", "cpp-header"}, {".c", "c"},
    {".cc", "cpp"},         {".cpp", "cpp"},        {".cxx", "cpp"},
};

bool IsBelowAStandardLibrary(absl::string_view path) {
  for (absl::string_view folder : absl::StrSplit(path, '/')) {
    if (folder == "c++" || absl::StartsWith(folder, "libstdc++") ||
        absl::StartsWith(folder, "libcxx")) {
      return true;
    }
  }
  return false;
}

}  // namespace

absl::string_view LanguageOfPath(absl::string_view path) {
  const size_t slash = path.rfind('/');
  const absl::string_view name = slash == path.npos ? path : path.substr(slash + 1);
  const size_t dot = name.rfind('.');
  if (dot == name.npos) {
    const absl::string_view folder = path.substr(0, path.size() - name.size());
    return IsBelowAStandardLibrary(folder) ? "cpp-header" : "";
  }
  for (const Extension& extension : kExtensions) {
    if (name.substr(dot) == extension.suffix) return extension.language;
  }
  return "";
}

}  // namespace loadline::workload
