#ifndef TOOLS_LOADLINE_BRANCHES_PROJECT_FOLDER_H_
#define TOOLS_LOADLINE_BRANCHES_PROJECT_FOLDER_H_

#include <string>

#include "absl/status/statusor.h"

namespace loadline::branches {

// The folder of the CMake project in a checkout: `within`, which is relative to `checkout`, or the
// checkout itself where that is empty. kInvalidArgument when it leads out of the checkout, by
// whatever links, or has no CMakeLists.txt: the message then names the uppermost folders that have.
absl::StatusOr<std::string> ProjectFolder(const std::string& checkout, const std::string& within);

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_PROJECT_FOLDER_H_
