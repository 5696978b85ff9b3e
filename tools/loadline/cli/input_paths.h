#ifndef TOOLS_LOADLINE_CLI_INPUT_PATHS_H_
#define TOOLS_LOADLINE_CLI_INPUT_PATHS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::cli {

// The files that `paths` name, in their order. One that is "-", exists, or has none of * ? [ is
// itself; any other is a pattern of glob(7), which becomes the files that match, sorted by name. A
// match that is the same file as an earlier match, or as one that is named, is left out: patterns
// overlap, and links have several names.
// Patterns are expanded here as well as in the shell because a long list does not fit into a
// command line, and because a quoted pattern means the same in every shell.
//
// kNotFound when a pattern matches nothing, kInvalidArgument when it matches more than kMostFiles,
// kPermissionDenied when a folder cannot be read. `flag` ("--base") is for the messages.
inline constexpr size_t kMostFiles = 10'000;
absl::StatusOr<std::vector<std::string>> ExpandInputPaths(absl::string_view flag,
                                                          absl::Span<const std::string> paths);

// kInvalidArgument when standard input ("-") or a pipe is among the inputs of a command twice: what
// is read from it is gone.
absl::Status CheckReadOnce(absl::Span<const std::string> inputs);

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_INPUT_PATHS_H_
