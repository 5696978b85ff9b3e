#ifndef TOOLS_LOADLINE_RUN_WORK_DIR_H_
#define TOOLS_LOADLINE_RUN_WORK_DIR_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace loadline::run {

// A private directory (mode 0700) below $TMPDIR or /tmp for what child processes write, removed
// with all it holds at the end.
class WorkDir {
 public:
  // absl::ErrnoToStatus when it cannot be made.
  static absl::StatusOr<std::unique_ptr<WorkDir>> Create();
  ~WorkDir();
  WorkDir(const WorkDir&) = delete;
  WorkDir& operator=(const WorkDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit WorkDir(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_WORK_DIR_H_
