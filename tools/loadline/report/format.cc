#include "tools/loadline/report/format.h"

#include <utility>

namespace loadline::report {
namespace {

constexpr std::pair<absl::string_view, Format> kFormats[] = {
    {"text", Format::kText},   {"markdown", Format::kMarkdown}, {"json", Format::kJson},
    {"junit", Format::kJunit}, {"sarif", Format::kSarif},       {"csv", Format::kCsv},
};

}  // namespace

std::optional<Format> ParseFormat(absl::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const auto& [name, format] : kFormats) names.emplace_back(name);
  return names;
}

}  // namespace loadline::report
