#ifndef STOWAGE_STORAGE_STORED_ENUM_H_
#define STOWAGE_STORAGE_STORED_ENUM_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace stowage {

// What a program knows of an enum whose values are 0, 1, 2... and lie in rows: their names, and
// that there are no others. A caller's value is checked by what its reader will go by, so that
// nothing is written that cannot be read again.
template <typename Enum>
class StoredEnum {
 public:
  // `what` and `names`, one a value, outlive it: "metric", {"l2", "ip", "cosine"}.
  constexpr StoredEnum(absl::string_view what, absl::Span<const absl::string_view> names)
      : what_(what), names_(names) {}

  constexpr bool Has(Enum value) const {
    return FromStored(static_cast<int64_t>(value)).has_value();
  }
  // None for a number that stands for no value.
  constexpr std::optional<Enum> FromStored(int64_t number) const {
    if (number < 0 || static_cast<uint64_t>(number) >= names_.size()) return std::nullopt;
    return static_cast<Enum>(number);
  }

  // "unknown" for what is no value.
  absl::string_view Name(Enum value) const {
    return Has(value) ? names_[static_cast<size_t>(value)] : "unknown";
  }

  // kInvalidArgument, naming the number and the range, for what is no value.
  absl::Status Check(Enum value) const {
    if (Has(value)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(what_, " ", static_cast<int64_t>(value),
                                                   ": want 0 (", names_.front(), ") to ",
                                                   names_.size() - 1, " (", names_.back(), ")"));
  }

  // kInvalidArgument for a text that is no name.
  absl::StatusOr<Enum> Parse(absl::string_view text) const {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == text) return static_cast<Enum>(i);
    }
    return absl::InvalidArgumentError(
        absl::StrCat(what_, " \"", absl::CHexEscape(text.substr(0, 64)), "\": want one of ",
                     absl::StrJoin(names_, ", ")));
  }

 private:
  absl::string_view what_;
  absl::Span<const absl::string_view> names_;
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_STORED_ENUM_H_
