#include "loadline/base/system_call.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace loadline {

absl::Status CallFailed(int error, absl::string_view call, absl::string_view path) {
  const std::string message = absl::StrCat(call, " ", path);
  // O_NOFOLLOW says ELOOP (EMLINK on some BSDs) when the last component is a link.
  if (error == ELOOP || error == EMLINK) {
    return absl::PermissionDeniedError(
        absl::StrCat(message, ": is a symbolic link, which is never followed"));
  }
  return absl::ErrnoToStatus(error, message);
}

}  // namespace loadline
