#ifndef TOOLS_LOADLINE_RESULTS_RUN_NAME_H_
#define TOOLS_LOADLINE_RESULTS_RUN_NAME_H_

#include <string>

#include "absl/strings/string_view.h"

namespace loadline::results {

// The pieces of a benchmark's run name, without the slashes between them. Views into it.
//
// Google Benchmark appends to what a program calls its benchmark, always in this order and each at
// most once: "min_time:0.500", "min_warmup_time:0.100", "iterations:9", "repeats:3",
// "process_time", "real_time" or "manual_time", "threads:4". Only what stands at the end, in that
// order and written that way, is taken for its own: all before it is the program's, whatever an
// argument is called. An argument "iterations:9" that comes last looks the same, so that a name by
// itself does not tell; who drops a piece has to ask what else is known (judge/side.h).
struct RunName {
  absl::string_view own;     // the program's: the function and its arguments
  absl::string_view length;  // how long it is run: "iterations:9/repeats:3"; may be empty
  absl::string_view manner;  // how it is timed: "process_time/real_time/threads:4"; may be empty
};
RunName TakeApart(absl::string_view run_name);

// `run_name` without its `length`. Runs of a benchmark that differ in how long it ran have the same
// one; so may benchmarks that differ in their last argument.
std::string CanonicalName(absl::string_view run_name);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_RUN_NAME_H_
