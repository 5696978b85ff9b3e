#include "tools/loadline/cli/flag_values.h"

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {
namespace {

constexpr int kMostSeconds = 1'000'000;

}  // namespace

CLI::Validator SecondsFrom(double least) {
  const auto check = [least](const std::string& text) -> std::string {
    double seconds = 0;
    if (absl::SimpleAtod(text, &seconds) && seconds >= least && seconds <= kMostSeconds) return "";
    return absl::StrCat(results::Quoted(text), ": want seconds, from ", least, " to ",
                        kMostSeconds);
  };
  return CLI::Validator(check, "");
}

CLI::Validator Seed() {
  const auto check = [](const std::string& text) -> std::string {
    uint64_t seed = 0;
    if (absl::SimpleAtoi(text, &seed)) return "";
    return absl::StrCat(results::Quoted(text), ": want a whole number from 0 to ", UINT64_MAX);
  };
  return CLI::Validator(check, "");
}

}  // namespace loadline::cli
