#ifndef BENCHMARKS_WORKLOAD_SOURCE_LANGUAGE_H_
#define BENCHMARKS_WORKLOAD_SOURCE_LANGUAGE_H_

#include "absl/strings/string_view.h"

namespace loadline::workload {

// "c", "c-header", "cpp" or "cpp-header" by the extension of a relative path, empty for what is
// not C or C++. Files without an extension are C++ headers below a folder of a standard library
// ("c++", "libstdc++...", "libcxx..."): <vector> and its like have none.
absl::string_view LanguageOfPath(absl::string_view path);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_SOURCE_LANGUAGE_H_
