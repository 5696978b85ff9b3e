#ifndef TOOLS_LOADLINE_RUN_PROGRAM_IDENTITY_H_
#define TOOLS_LOADLINE_RUN_PROGRAM_IDENTITY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace loadline::run {

// Which program lies at a path, so that a run does not mix two: somebody builds or installs while
// it lasts. Of a script it is the script, not what that starts. Thread-compatible.
class ProgramIdentity {
 public:
  // absl::ErrnoToStatus when there is no such file.
  static absl::StatusOr<ProgramIdentity> Of(const std::string& path);

  // To be asked when a process has ended: kFailedPrecondition when the file that it was made from
  // has been replaced, rewritten or removed. The same bytes at another time are the same program.
  absl::Status CheckUnchanged();

  // Device, inode, size, and when contents and inode were changed, in nanoseconds.
  using Stamp = std::array<int64_t, 5>;

 private:
  std::string path_;
  Stamp stamp_ = {};
  std::optional<uint32_t> hash_;  // none of a file that may not be read
};

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_PROGRAM_IDENTITY_H_
