#ifndef TOOLS_LOADLINE_RESULTS_OUTPUT_FILE_H_
#define TOOLS_LOADLINE_RESULTS_OUTPUT_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/file_system.h"

namespace loadline::results {

// A file that is wanted at the end of long work: it is opened first, so that a bad path fails
// before the work and not after it, and appears complete or not at all.
//
// A regular file (or none yet) is written beside its place and renamed over it, with the rights of
// what stood there; a link stays, and what it leads to is replaced or made. Anything else that
// exists (/dev/null, a FIFO, a terminal) is written to directly. Thread-compatible.
class OutputFile {
 public:
  // `inputs`: what the work reads or runs and must not lose to its own output; "-" is standard
  // input. Words that name no file are no matter. kInvalidArgument for a directory, and for the
  // same file as one of the inputs, by whatever name; absl::ErrnoToStatus when it cannot be
  // created.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(
      absl::string_view path, absl::Span<const std::string> inputs = {},
      FileSystem& fs = FileSystem::Real());
  // Without Commit nothing is left behind and what stood there stands.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Writes all of `content`, syncs it and puts it in its place. Call it once. When it fails the
  // old file stands.
  absl::Status Commit(absl::string_view content);

 private:
  OutputFile(std::string path, std::string temporary, int fd, FileSystem& fs)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd), fs_(fs) {}

  absl::Status WriteAll(absl::string_view content);

  const std::string path_;
  std::string temporary_;  // empty: written in place, or already renamed
  int fd_;                 // -1 when closed
  FileSystem& fs_;
};

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_OUTPUT_FILE_H_
