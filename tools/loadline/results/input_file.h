#ifndef TOOLS_LOADLINE_RESULTS_INPUT_FILE_H_
#define TOOLS_LOADLINE_RESULTS_INPUT_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/file_system.h"

namespace loadline::results {

struct InputOptions {
  size_t max_bytes = size_t{64} << 20;
  FileSystem* fs = &FileSystem::Real();
  int stdin_fd = 0;  // what "-" reads
};

// All bytes of a file that somebody named. Only regular files (checked on the opened file, so a
// FIFO, device or directory neither blocks nor is read); "-" is standard input, which may be a
// pipe. Programs and scripts are refused and never run.
//
// kNotFound and others of absl::ErrnoToStatus when it cannot be opened or read; kInvalidArgument
// when it is no regular file, or is a program; kResourceExhausted when it has more than
// `options.max_bytes`.
absl::StatusOr<std::string> ReadInputFile(absl::string_view path, const InputOptions& options = {});

// "line 4:17" of a byte offset: lines and columns from 1, a column is a UTF-8 character.
std::string LineAndColumn(absl::string_view text, size_t offset);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_INPUT_FILE_H_
