#ifndef TOOLS_LOADLINE_RESULTS_RESULT_WRITER_H_
#define TOOLS_LOADLINE_RESULTS_RESULT_WRITER_H_

#include <string>

#include "tools/loadline/results/result_file.h"

namespace loadline::results {

// The file as strict JSON in Google Benchmark's format, with a newline at the end; hand it to
// OutputFile. Numbers read back as the same doubles. A non-finite number is never written: its
// field or counter is left out and named in the row's "loadline_dropped" array, which the reader
// turns into a non-finite counter again (in the context it becomes null). Times are written in
// the row's own time_unit ("ns" where it has none).
std::string WriteResultFile(const ResultFile& file);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_RESULT_WRITER_H_
