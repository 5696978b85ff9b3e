#ifndef TOOLS_LOADLINE_RESULTS_RESULT_READER_H_
#define TOOLS_LOADLINE_RESULTS_RESULT_READER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/input_file.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::results {

// Reads Google Benchmark's JSON, 1.5 to 1.9 and ours, as untrusted input. Beyond JSON it accepts
// only what Google Benchmark itself writes: NaN, Infinity and -Infinity, in any case and as "inf".
// A byte order mark of UTF-8 before a document is left out of account.
// A counter that is null, or named in a row's "loadline_dropped", is non-finite (NaN).
//
// kInvalidArgument, as "FILE: byte 120, line 4:17: ...", for anything else: not JSON, bytes before
// or after it (where they seem to be a program's output, with what to do), invalid UTF-8, NUL, a
// name twice in one object, more than 64 levels, a number that is out of range or longer than 64
// bytes, no "benchmarks", a row whose fields contradict the format (unknown time_unit, negative
// time, 0 iterations, a counter named like a field). The same repetition may be there twice: people
// put the rows of several runs into one array.
absl::StatusOr<ResultFile> ParseResultFile(absl::string_view source, std::string text);

// ReadInputFile, then ParseResultFile. `path` "-" is standard input.
absl::StatusOr<ResultFile> ReadResultFile(absl::string_view path, const InputOptions& options = {});

// Is given rows as they are read, for files of which only a little is kept. A file may hold several
// documents one after another, as `cat a.json b.json` makes them, 4096 at most: each is a process
// of its own.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  // The next row of the document; it may be moved from.
  virtual void OnRow(Row& row) = 0;
  // The document is complete: its source, context and extras, without rows.
  virtual void OnDocument(ResultFile document) = 0;
};

// Reads a file of one or more documents into `sink`. The status is the one that ParseResultFile
// would give; unless it is OK, what the sink was given is not to be used. Does not keep the sink.
absl::Status StreamResults(absl::string_view source, std::string text, ResultSink& sink);
absl::Status StreamResultFile(absl::string_view path, ResultSink& sink,
                              const InputOptions& options = {});

// All documents of a file, one or more. Their `source` is the path, with " (document 2)" and so on
// after it where there are several.
absl::StatusOr<std::vector<ResultFile>> ReadResultFiles(absl::string_view path,
                                                        const InputOptions& options = {});

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_RESULT_READER_H_
