#ifndef LOADLINE_BASE_REPLACEMENT_FILE_H_
#define LOADLINE_BASE_REPLACEMENT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/directory.h"

namespace loadline {

// A file that is written aside and then takes a name, as one unit that survives power loss: what
// was there before stands until Commit(), and whole is what stands after it. Threads and processes
// may write one name at once: the last Commit() stands.
// A crash leaves the temporary file, `name.PROCESS.NUMBER.tmp`, for Directory::RemoveLeftovers().
//
// For one thread. `directory` outlives it.
class ReplacementFile {
 public:
  static absl::StatusOr<std::unique_ptr<ReplacementFile>> Create(const Directory& directory,
                                                                 absl::string_view name);
  // Removes the temporary file, unless it was committed.
  ~ReplacementFile();
  ReplacementFile(const ReplacementFile&) = delete;
  ReplacementFile& operator=(const ReplacementFile&) = delete;

  absl::Status Append(absl::string_view content);
  // Syncs, renames and syncs the directory; nothing may follow. When it fails the old content
  // stands; only when the sync of the directory fails, either may be found after a power cut.
  absl::Status Commit();

  // Whether `file` is called as the temporary files of `name` are.
  static bool IsTemporaryOf(absl::string_view name, absl::string_view file);

 private:
  ReplacementFile(const Directory& directory, std::string name, std::string temporary, int fd);
  absl::Status Close();

  const Directory& directory_;
  const std::string name_;
  const std::string temporary_;
  int fd_;  // -1 once closed
  bool renamed_ = false;
};

}  // namespace loadline

#endif  // LOADLINE_BASE_REPLACEMENT_FILE_H_
