#include "tools/loadline/cli/flag_values.h"

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {
namespace {

constexpr int kMostSeconds = 1'000'000;

template <typename... Parts>
absl::Status Want(absl::string_view text, const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(results::Quoted(text), ": want ", parts...));
}

FlagValue Appended(FlagValue::Words words, absl::string_view shown,
                   std::vector<std::string>* target) {
  const auto take = [target](absl::string_view text) {
    target->emplace_back(text);
    return absl::OkStatus();
  };
  return {
      .words = words, .shown = absl::StrCat(shown, shown.empty() ? "" : " ", "..."), .take = take};
}

absl::StatusOr<double> ReadFraction(absl::string_view text, double limit) {
  absl::string_view digits = text;
  const bool percent = absl::ConsumeSuffix(&digits, "%");
  double value = 0;
  const bool number = absl::SimpleAtod(digits, &value);
  if (percent) value /= 100;
  if (number && value > 0 && value < limit) return value;
  return Want(text, "a fraction above 0 and below ", limit, ", such as 5% or 0.05");
}

}  // namespace

std::string WithDefault(absl::string_view shown, absl::string_view value) {
  return value.empty() ? std::string(shown) : absl::StrCat(shown, " [", value, "]");
}

FlagValue Switch(bool* target) {
  const auto take = [target](absl::string_view) {
    *target = true;
    return absl::OkStatus();
  };
  return {.words = FlagValue::Words::kNone, .shown = "", .take = take};
}

FlagValue Text(absl::string_view shown, std::string* target) {
  FlagValue value = TextOrNone(shown, target);
  value.take = [name = std::string(shown), take = value.take](absl::string_view text) {
    return text.empty() ? Want(text, name) : take(text);
  };
  return value;
}

FlagValue TextOrNone(absl::string_view shown, std::string* target) {
  const auto take = [target](absl::string_view text) {
    *target = std::string(text);
    return absl::OkStatus();
  };
  return {.shown = WithDefault(shown, *target), .take = take};
}

FlagValue Texts(absl::string_view shown, std::vector<std::string>* target) {
  return Appended(FlagValue::Words::kSeveral, shown, target);
}

FlagValue TextEach(absl::string_view shown, std::vector<std::string>* target) {
  return Appended(FlagValue::Words::kOneEach, shown, target);
}

FlagValue Program(std::string* target) {
  FlagValue value = Text("BIN", target);
  value.take = [target, take = value.take](absl::string_view text) {
    LOADLINE_RETURN_IF_ERROR(take(text));
    if (!absl::StrContains(text, '/')) target->insert(0, "./");
    return absl::OkStatus();
  };
  return value;
}

FlagValue OneOf(absl::Span<const absl::string_view> names, std::string* target) {
  const auto take = [names = std::vector<std::string>(names.begin(), names.end()),
                     target](absl::string_view text) {
    if (!absl::c_linear_search(names, text)) return Want(text, absl::StrJoin(names, ", "));
    *target = std::string(text);
    return absl::OkStatus();
  };
  return {.shown = WithDefault(absl::StrJoin(names, "|"), *target), .take = take};
}

FlagValue WholeNumber(absl::string_view shown, uint64_t least, uint64_t most,
                      std::function<void(uint64_t)> set) {
  const auto take = [=](absl::string_view text) {
    uint64_t number = 0;
    if (!absl::SimpleAtoi(text, &number) || number < least || number > most) {
      return Want(text, "a whole number from ", least, " to ", most);
    }
    set(number);
    return absl::OkStatus();
  };
  return {.shown = std::string(shown), .take = take};
}

FlagValue Seconds(double* target, double least) {
  const auto take = [=](absl::string_view text) {
    double seconds = 0;
    // Not NaN either, which is neither below nor above.
    if (!absl::SimpleAtod(text, &seconds) || !(seconds >= least && seconds <= kMostSeconds)) {
      return Want(text, "seconds, from ", least, " to ", kMostSeconds);
    }
    *target = seconds;
    return absl::OkStatus();
  };
  return {.shown = WithDefault("SECONDS", absl::StrCat(*target)), .take = take};
}

FlagValue Fraction(absl::string_view shown, std::optional<double>* target, double limit) {
  const auto take = [=](absl::string_view text) {
    LOADLINE_ASSIGN_OR_RETURN(*target, ReadFraction(text, limit));
    return absl::OkStatus();
  };
  return {.shown = std::string(shown), .take = take};
}

FlagValue Fractions(absl::string_view shown, std::vector<double>* target) {
  const auto take = [target](absl::string_view text) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(target->emplace_back(), ReadFraction(text, 1));
    return absl::OkStatus();
  };
  return {.words = FlagValue::Words::kSeveral, .shown = std::string(shown), .take = take};
}

}  // namespace loadline::cli
