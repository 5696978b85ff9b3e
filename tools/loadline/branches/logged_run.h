#ifndef TOOLS_LOADLINE_BRANCHES_LOGGED_RUN_H_
#define TOOLS_LOADLINE_BRANCHES_LOGGED_RUN_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::branches {

// Runs programs that are found on the PATH, without the variables by which git tells its hooks
// which repository and index they are for: those would lead a checkout into the user's own.
// Thread-compatible.
//
// Errors: kCancelled when interrupted; kFailedPrecondition when the program is not there or fails,
// as "WHAT: exit code 1" and below that, printable, the last lines of what it said.
class LoggedRun {
 public:
  // `log` is a file that may be made and overwritten.
  explicit LoggedRun(std::string log) : log_(std::move(log)) {}

  // Set in the environment of every program where this process has no such variable.
  void Default(std::string name, std::string value);

  // `what` says what is attempted: "building base". `finishes`: an interruption does not stop it.
  absl::Status Run(absl::string_view what, std::vector<std::string> words,
                   bool finishes = false) const;

  // What the program writes to standard output, without the newlines at its end.
  absl::StatusOr<std::string> Ask(absl::string_view what, std::vector<std::string> words) const;

 private:
  run::ChildOptions Child(absl::string_view script, std::string name,
                          std::vector<std::string> words) const;

  const std::string log_;
  std::vector<std::pair<std::string, std::string>> environment_;
};

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_LOGGED_RUN_H_
