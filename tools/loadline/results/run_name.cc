#include "tools/loadline/results/run_name.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace loadline::results {
namespace {

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

// As "%0.3f" writes it, in any locale. An argument has no fraction.
bool IsSeconds(absl::string_view text) {
  constexpr size_t kFraction = 3;
  if (text.size() < kFraction + 2) return false;
  const size_t mark = text.size() - kFraction - 1;
  return (text[mark] == '.' || text[mark] == ',') && IsNumber(text.substr(0, mark)) &&
         IsNumber(text.substr(mark + 1));
}

constexpr int kFirstOfManner = 4;
constexpr int kEnd = 7;

// The place of a part in the order in which Google Benchmark appends; nothing for any other part.
std::optional<int> PlaceOf(absl::string_view part) {
  if (part == "process_time") return kFirstOfManner;
  if (part == "real_time" || part == "manual_time") return 5;
  if (absl::ConsumePrefix(&part, "threads:") && IsNumber(part)) return 6;
  if (absl::ConsumePrefix(&part, "min_time:") && IsSeconds(part)) return 0;
  if (absl::ConsumePrefix(&part, "min_warmup_time:") && IsSeconds(part)) return 1;
  if (absl::ConsumePrefix(&part, "iterations:") && IsNumber(part)) return 2;
  if (absl::ConsumePrefix(&part, "repeats:") && IsNumber(part)) return 3;
  return std::nullopt;
}

// Without the slash that it may begin with.
absl::string_view Piece(absl::string_view text) {
  absl::ConsumePrefix(&text, "/");
  return text;
}

}  // namespace

RunName TakeApart(absl::string_view run_name) {
  size_t own = run_name.size();  // where each piece ends
  size_t length = run_name.size();
  int next = kEnd;
  for (;;) {
    const size_t slash = run_name.substr(0, own).rfind('/');
    if (slash == absl::string_view::npos || slash == 0) break;
    const std::optional<int> place = PlaceOf(run_name.substr(slash + 1, own - slash - 1));
    if (!place.has_value() || *place >= next) break;
    if (*place >= kFirstOfManner) length = slash;
    own = slash;
    next = *place;
  }
  return {.own = run_name.substr(0, own),
          .length = Piece(run_name.substr(own, length - own)),
          .manner = Piece(run_name.substr(length))};
}

std::string CanonicalName(absl::string_view run_name) {
  const RunName name = TakeApart(run_name);
  return absl::StrCat(name.own, name.manner.empty() ? "" : "/", name.manner);
}

}  // namespace loadline::results
