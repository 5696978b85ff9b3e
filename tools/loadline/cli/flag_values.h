#ifndef TOOLS_LOADLINE_CLI_FLAG_VALUES_H_
#define TOOLS_LOADLINE_CLI_FLAG_VALUES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/cli/flags.h"

namespace loadline::cli {

// What flags take. Each writes to `target`, or gives to `set`, which outlive the value. `shown` is
// what the help calls a word. The default that the help shows is what stands in `target` when the
// value is made; of Fraction, Fractions and what is given to `set` it is part of `shown`
// (WithDefault), where there is one.

// "N [10]", or `shown` where there is no default.
std::string WithDefault(absl::string_view shown, absl::string_view value);

FlagValue Switch(bool* target);

// Any text but the empty one.
FlagValue Text(absl::string_view shown, std::string* target);
FlagValue TextOrNone(absl::string_view shown, std::string* target);

// One word or more behind the flag, or behind none.
FlagValue Texts(absl::string_view shown, std::vector<std::string>* target);

// One word each time, which may begin with a dash.
FlagValue TextEach(absl::string_view shown, std::vector<std::string>* target);

// A Google Benchmark program. A bare name means the file here, not something on the PATH.
FlagValue Program(std::string* target);

FlagValue OneOf(absl::Span<const absl::string_view> names, std::string* target);

// In decimal digits, from `least` to `most`, which the target can hold.
FlagValue WholeNumber(absl::string_view shown, uint64_t least, uint64_t most,
                      std::function<void(uint64_t)> set);
template <typename Integer>
FlagValue WholeNumber(absl::string_view shown, Integer* target, uint64_t least, uint64_t most) {
  return WholeNumber(WithDefault(shown, absl::StrCat(*target)), least, most,
                     [target](uint64_t number) { *target = static_cast<Integer>(number); });
}

// Seconds from `least` to a million.
FlagValue Seconds(double* target, double least);

// "5%" or "0.05": above 0 and below `limit`.
FlagValue Fraction(absl::string_view shown, std::optional<double>* target, double limit);
// One or more, each below 1.
FlagValue Fractions(absl::string_view shown, std::vector<double>* target);

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_FLAG_VALUES_H_
