#ifndef TOOLS_LOADLINE_JUDGE_COUNTED_H_
#define TOOLS_LOADLINE_JUDGE_COUNTED_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace loadline::judge {

// "1 benchmark", "2 benchmarks", "0 benchmarks"; `many` is the plural where an s does not make it.
std::string Counted(size_t count, absl::string_view one, absl::string_view many = "");

}  // namespace loadline::judge

#endif  // TOOLS_LOADLINE_JUDGE_COUNTED_H_
