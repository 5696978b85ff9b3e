#ifndef LOADLINE_HARNESS_NAMED_INPUT_H_
#define LOADLINE_HARNESS_NAMED_INPUT_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace loadline::harness {

// What a suite works on, as a short text that differs whenever the input does: a hash of its
// content ("corpus:9f2c..."). An error where it cannot be told.
using InputName = std::function<absl::StatusOr<std::string>()>;

// For suites that read a corpus or a data set: results on different inputs are not compared. Call
// it before main(), as BENCHMARK() is, once a program (the last call counts):
//
//   [[maybe_unused]] const bool named = loadline::harness::NameInput(
//       [] { return MyCorpus::ContentHash(); });
//
// `name` is called once in a process, before its first benchmark, and recorded as loadline.input;
// its error is a warning, and nothing is recorded. It must answer alike in every process of a run,
// whichever benchmarks that runs. Always true.
bool NameInput(InputName name);

// What `name` answers now; nothing in a program that names no input.
std::optional<absl::StatusOr<std::string>> NamedInput();

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_NAMED_INPUT_H_
