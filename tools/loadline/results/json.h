#ifndef TOOLS_LOADLINE_RESULTS_JSON_H_
#define TOOLS_LOADLINE_RESULTS_JSON_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::results {

// A JSON value. Objects keep the order of their members; names are unique when they came from the
// reader. A double may be non-finite; everything else is what the standard says.
struct Json {
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;
  using Value =
      std::variant<std::nullptr_t, bool, int64_t, uint64_t, double, std::string, Array, Object>;

  Json() = default;
  Json(const char* text) : value(std::string(text)) {}        // NOLINT: so that literals nest
  Json(absl::string_view text) : value(std::string(text)) {}  // NOLINT
  Json(std::string text) : value(std::move(text)) {}          // NOLINT
  Json(double number) : value(number) {}                      // NOLINT
  Json(Array array) : value(std::move(array)) {}              // NOLINT
  Json(Object object) : value(std::move(object)) {}           // NOLINT
  template <std::integral T>
  Json(T number) {  // NOLINT
    if constexpr (std::is_same_v<T, bool>) {
      value = number;
    } else if constexpr (std::is_signed_v<T>) {
      value = static_cast<int64_t>(number);
    } else {
      value = static_cast<uint64_t>(number);
    }
  }

  const std::string* AsString() const { return std::get_if<std::string>(&value); }
  std::optional<double> AsNumber() const;  // whatever kind of number it is
  // The text of a string, of true and false and of a finite number; otherwise empty.
  std::string AsText() const;

  friend bool operator==(const Json&, const Json&) = default;

  Value value = nullptr;
};

// The value of that name; null where there is none.
const Json* FindMember(const Json::Object& members, absl::string_view name);

// `text` as a JSON string with its quotes. Control and format characters (those that a terminal or
// an editor acts on) are written as \uXXXX, "##" as "#\u0023" so that no build service takes a
// name for one of its commands, and bytes that are not UTF-8 as U+FFFD.
std::string JsonString(absl::string_view text);

// The shortest decimal text that reads back as `value`. REQUIRES: finite.
std::string JsonNumber(double value);

// Strict JSON, two spaces a level, members in their order, no newline at the end. A non-finite
// double becomes null: JSON has no word for it.
std::string WriteJson(const Json& json);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_JSON_H_
