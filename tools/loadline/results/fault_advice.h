#ifndef TOOLS_LOADLINE_RESULTS_FAULT_ADVICE_H_
#define TOOLS_LOADLINE_RESULTS_FAULT_ADVICE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadline::results {

// What to do where a program writes numbers in a locale that people read.
inline constexpr char kLocaleAdvice[] =
    "; it looks like a number in the program's locale (std::locale::global, setlocale): numbers in "
    "JSON are those of the C locale. Run the program with LC_ALL=C, or link loadline::bench_main, "
    "which writes such numbers whatever the program sets";

// What to do where a program's own words stand among its results.
inline constexpr char kStrayTextAdvice[] =
    "; the program seems to print to standard output; have it write its results to a file of their "
    "own: --benchmark_out=FILE --benchmark_out_format=json";

// What is wrong with a text, and at which of its bytes.
struct Fault {
  size_t offset = 0;
  std::string message;
};

// kInvalidArgument, as "FILE: byte 120, line 4:17: " and the message. `source` is what the text is
// called, "-" standard input. Adds, where the message has it not, kLocaleAdvice where a number
// there has a separator that JSON has not ("3,79e+01", "1 725"), and kStrayTextAdvice where the
// line is no JSON and the rest seems to be results; nothing where the file ends too early, is
// something else, or has bytes there that nobody prints.
absl::Status ToStatus(const Fault& fault, absl::string_view source, absl::string_view text);

// Whether a number that should be whole looks like one whose digits are in groups of three:
// "38.785".
bool IsGroupedNumber(absl::string_view number);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_FAULT_ADVICE_H_
