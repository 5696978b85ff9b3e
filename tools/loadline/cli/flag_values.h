#ifndef TOOLS_LOADLINE_CLI_FLAG_VALUES_H_
#define TOOLS_LOADLINE_CLI_FLAG_VALUES_H_

#include <CLI/CLI.hpp>

namespace loadline::cli {

// What CLI11's own checks let through as something else.

// Seconds from `least` to a million; not NaN, which CLI::Range takes for a number in any range.
CLI::Validator SecondsFrom(double least);

// A whole number from 0 to 2^64 - 1; not a larger one, which becomes 2^64 - 1 without a word.
CLI::Validator Seed();

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_FLAG_VALUES_H_
