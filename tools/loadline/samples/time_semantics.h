#ifndef TOOLS_LOADLINE_SAMPLES_TIME_SEMANTICS_H_
#define TOOLS_LOADLINE_SAMPLES_TIME_SEMANTICS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::samples {

// What Google Benchmark's figures of a benchmark of several threads mean in a file: one of the
// words of loadline/harness/compat.h. A file says it, or its library's version does; a file
// without a version is from before 1.8.4.
//   "per_thread_divided"     before 1.9.0: real_time is divided by the number of threads
//   "wall_rates_per_thread"  1.9.0 to 1.9.4: real_time is wall time, rates are one thread's share
//   "wall"                   from 1.9.5: wall time, rates of all threads
//   "unknown"                the version is no version
std::string TimeSemanticsOf(const results::ResultFile& file);

// Whether a metric of a threaded benchmark means different things under some of the semantics.
// Rates can have any name, so every counter of which nothing is known counts as one; what this
// project's own harness counts does not depend on the library.
bool MeansDifferentThings(absl::string_view metric, absl::Span<const std::string> semantics);

}  // namespace loadline::samples

#endif  // TOOLS_LOADLINE_SAMPLES_TIME_SEMANTICS_H_
