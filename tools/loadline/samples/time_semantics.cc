#include "tools/loadline/samples/time_semantics.h"

#include <array>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "tools/loadline/policy/metric.h"

namespace loadline::samples {
namespace {

constexpr char kDivided[] = "per_thread_divided";
constexpr char kRatesPerThread[] = "wall_rates_per_thread";
constexpr char kWall[] = "wall";

// {1, 9, 4} of "v1.9.4-12-gabcdef".
std::optional<std::array<int, 3>> ParseVersion(absl::string_view text) {
  absl::ConsumePrefix(&text, "v");
  std::array<int, 3> version{};
  for (size_t i = 0; i < version.size(); ++i) {
    size_t digits = 0;
    while (digits < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[digits]))) {
      ++digits;
    }
    if (!absl::SimpleAtoi(text.substr(0, digits), &version[i])) return std::nullopt;
    text.remove_prefix(digits);
    if (i + 1 < version.size() && !absl::ConsumePrefix(&text, ".")) {
      if (i == 0) return std::nullopt;
      break;
    }
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
  if (*version < std::array<int, 3>{1, 9, 0}) return kDivided;
  return *version < std::array<int, 3>{1, 9, 5} ? kRatesPerThread : kWall;
}

bool MeansDifferentThings(absl::string_view metric, absl::string_view one,
                          absl::string_view other) {
  if (one == other) return false;
  if (metric == "real_time_ns") {
    const auto wall = [](absl::string_view word) {
      return word == kWall || word == kRatesPerThread;
    };
    return !(wall(one) && wall(other));
  }
  if (absl::EndsWith(metric, "_per_second")) return true;
  const policy::MetricTraits traits = policy::TraitsOf(metric);
  return traits.judged && traits.direction == policy::Direction::kUnknown;
}

bool MeansDifferentThings(absl::string_view metric, absl::Span<const std::string> semantics) {
  for (size_t i = 0; i < semantics.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (MeansDifferentThings(metric, semantics[i], semantics[j])) return true;
    }
  }
  return false;
}

}  // namespace loadline::samples
