#ifndef LOADLINE_HARNESS_RUN_CONTEXT_H_
#define LOADLINE_HARNESS_RUN_CONTEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::harness {

// The context keys of a result file (docs/formats.md, "Context"): what was built, with what it
// was linked, and the machine and its state now. All values are text; "unavailable" where the OS
// does not answer. `executable`: argv[0], for systems that do not tell a process its own file.
// `arguments`: the others, of which those that only choose benchmarks and outputs are left out.
// Reads a few files and the whole executable once: a few milliseconds.
std::vector<std::pair<std::string, std::string>> RunContext(
    absl::string_view executable, absl::Span<const std::string> arguments);

// What about this build makes its figures worthless as a measure of the program: no optimisation,
// assertions, a sanitizer, or that it is not known. One sentence each; empty for a build that can
// be measured.
std::vector<std::string> BuildWarnings();

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_RUN_CONTEXT_H_
