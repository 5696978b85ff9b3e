#ifndef TOOLS_LOADLINE_BRANCHES_BORROWED_SUBMODULES_H_
#define TOOLS_LOADLINE_BRANCHES_BORROWED_SUBMODULES_H_

#include <string>

#include "absl/status/statusor.h"

namespace loadline::branches {

// Gives the git folder `to` of a new worktree all submodules, and those inside them, that git has
// in the git folder `from` of the same repository and `to` has not: `git submodule update` finds
// them there and fetches only commits that they lack. Their objects stay where they are, and
// nothing of `from` changes. Whether there were any. kUnavailable when they cannot be read or
// written.
absl::StatusOr<bool> BorrowSubmodules(const std::string& from, const std::string& to);

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_BORROWED_SUBMODULES_H_
