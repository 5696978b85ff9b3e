#ifndef TOOLS_LOADLINE_RESULTS_STRAY_TEXT_H_
#define TOOLS_LOADLINE_RESULTS_STRAY_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace loadline::results {

// What to do where a program's own words stand among its results.
inline constexpr char kStrayTextAdvice[] =
    "the program seems to print to standard output; have it write its results to a file of their "
    "own: --benchmark_out=FILE --benchmark_out_format=json";

// What to add to the message of a fault at `offset` of a result file: "; " and kStrayTextAdvice
// where the line of the fault is no JSON and the rest seems to be results. Empty where the file
// ends too early, is something else, or has bytes there that nobody prints.
std::string AdviceOnStrayText(absl::string_view text, size_t offset);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_STRAY_TEXT_H_
