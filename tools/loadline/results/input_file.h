#ifndef TOOLS_LOADLINE_RESULTS_INPUT_FILE_H_
#define TOOLS_LOADLINE_RESULTS_INPUT_FILE_H_

#include <chrono>
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
  // How long a named pipe that nobody writes into is waited for: its writer may open it later. One
  // that has a writer is read to its end like standard input, however long that takes.
  std::chrono::milliseconds pipe_patience{10'000};
};

// All bytes of a file that somebody named, read once: a regular file or a pipe, as the shell's
// <(command) is one (checked on the opened file, so that a device or directory neither blocks nor
// is read); "-" is standard input. Programs, and text that is UTF-16 or UTF-32, are refused.
//
// kNotFound and others of absl::ErrnoToStatus when it cannot be opened or read; kInvalidArgument
// when it is something else, a program or no UTF-8 by its first bytes; kResourceExhausted when it
// has more than `options.max_bytes`; kDeadlineExceeded when nothing came through a pipe.
absl::StatusOr<std::string> ReadInputFile(absl::string_view path, const InputOptions& options = {});

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_INPUT_FILE_H_
