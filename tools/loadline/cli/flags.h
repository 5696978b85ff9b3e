#ifndef TOOLS_LOADLINE_CLI_FLAGS_H_
#define TOOLS_LOADLINE_CLI_FLAGS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadline::cli {

// What a flag takes; tools/loadline/cli/flag_values.h makes them.
struct FlagValue {
  enum class Words {
    kNone,     // a switch
    kOne,      // one word, and the flag once
    kOneEach,  // one word, and the flag again for another
    kSeveral,  // one word or more, and the flag again for others
  };
  Words words = Words::kOne;
  std::string shown;  // in the help: "FILE", "N [10]"
  // Takes a word, a switch's is empty. kInvalidArgument says what is wrong with it.
  std::function<absl::Status(absl::string_view)> take;
};

inline constexpr bool kRequired = true;

struct Flag {
  std::string name;  // "--out"; without dashes what stands by itself, "RESULT"
  FlagValue value;
  std::string help;
  bool required = false;
};

// All that is known of a command's words: they are parsed by it, and the help is written from it.
struct Usage {
  std::string name;  // "check"; empty for the tool itself
  std::string summary;
  std::vector<Flag> flags;
  std::string footer;  // an example, explanations, the exit codes
};

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_FLAGS_H_
