#include "tools/loadline/cli/fraction.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {

absl::StatusOr<double> ParseFraction(absl::string_view flag, absl::string_view text, double limit) {
  absl::string_view digits = text;
  const bool percent = absl::ConsumeSuffix(&digits, "%");
  double value = 0;
  const bool number = absl::SimpleAtod(digits, &value);
  if (percent) value /= 100;
  if (number && value > 0 && value < limit) return value;
  return absl::InvalidArgumentError(absl::StrCat(flag, " ", results::Quoted(text),
                                                 ": want a fraction above 0 and below ", limit,
                                                 ", such as 5% or 0.05"));
}

}  // namespace loadline::cli
