#ifndef TOOLS_LOADLINE_RESULTS_COUNTED_H_
#define TOOLS_LOADLINE_RESULTS_COUNTED_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::results {

// "1 benchmark", "2 benchmarks", "0 benchmarks"; `many` is the plural where an s does not make it.
std::string Counted(size_t count, absl::string_view one, absl::string_view many = "");

// `"a", "b" and 2 more`: names as results::Quoted gives them, at most `most` of them.
std::string QuotedNames(absl::Span<const std::string> names, absl::string_view separator,
                        size_t most = SIZE_MAX);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_COUNTED_H_
