#include "tools/loadline/samples/time_semantics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "tools/loadline/policy/metric.h"

namespace loadline::samples {
namespace {

constexpr char kDivided[] = "per_thread_divided";
constexpr char kRatesPerThread[] = "wall_rates_per_thread";
constexpr char kWall[] = "wall";

using Version = std::array<unsigned, 3>;

// {1, 9, 4} of "v1.9.4-12-gabcdef", {2, 0, 0} of "2.0".
std::optional<Version> ParseVersion(absl::string_view text) {
  absl::ConsumePrefix(&text, "v");
  Version version{};
  for (unsigned& part : version) {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, part);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(rest - text.data()));
    if (absl::ConsumePrefix(&text, ".")) continue;
    if (&part == &version.front()) return std::nullopt;
    break;
  }
  return version;
}

}  // namespace

std::string TimeSemanticsOf(const results::ResultFile& file) {
  const std::string said = file.ContextText("loadline.time_semantics");
  if (!said.empty()) return said;
  std::string text = file.ContextText("loadline.gb_version");
  if (text.empty()) text = file.ContextText("library_version");
  if (text.empty()) return kDivided;
  const auto version = ParseVersion(text);
  if (!version.has_value()) return "unknown";
  if (*version < Version{1, 9, 0}) return kDivided;
  return *version < Version{1, 9, 5} ? kRatesPerThread : kWall;
}

bool MeansDifferentThings(absl::string_view metric, absl::Span<const std::string> semantics) {
  const bool real_time = metric == "real_time_ns";
  const policy::MetricTraits traits = policy::TraitsOf(metric);
  const bool rate = absl::EndsWith(metric, "_per_second") ||
                    (traits.judged && traits.direction == policy::Direction::kUnknown);
  if (!real_time && !rate) return false;
  const auto meaning = [&](absl::string_view word) {
    return real_time && word == kRatesPerThread ? absl::string_view(kWall) : word;
  };
  return std::any_of(semantics.begin(), semantics.end(), [&](absl::string_view word) {
    return meaning(word) != meaning(semantics.front());
  });
}

}  // namespace loadline::samples
