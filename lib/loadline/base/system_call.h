#ifndef LOADLINE_BASE_SYSTEM_CALL_H_
#define LOADLINE_BASE_SYSTEM_CALL_H_

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadline {

// What a system call returns, or minus its errno where it failed: errno is read at once, since
// whatever comes next, were it only a string that frees its memory, may change it. So `call` makes
// no strings of its own. A call that a signal interrupted is repeated.
template <typename Call>
auto ResultOf(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0) return result;
    const int error = errno;
    if (error != EINTR) return static_cast<decltype(call())>(-error);
  }
}

// The status for a call on a path that failed with `error`; see Directory.
absl::Status CallFailed(int error, absl::string_view call, absl::string_view path);

}  // namespace loadline

#endif  // LOADLINE_BASE_SYSTEM_CALL_H_
