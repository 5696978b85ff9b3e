#ifndef TOOLS_LOADLINE_CLI_SHARED_FLAGS_H_
#define TOOLS_LOADLINE_CLI_SHARED_FLAGS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/loadline/cli/flags.h"

namespace loadline::cli {

// The flags that several commands have, under one name with one meaning. Each writes to `target`.

Flag MaxBytesFlag(size_t* target);
Flag MarginFlag(absl::string_view shown, std::optional<double>* target);
Flag AlphaFlag(std::optional<double>* target);
Flag AllowEnvFlag(std::vector<std::string>* target);
Flag FilterFlag(std::string* target);
Flag ProfileFlag(std::string* target);
Flag SeedFlag(uint64_t* target);
Flag ProcessLimitFlag(double* target);  // --time-limit, where a process is one benchmark's
Flag AnswerLimitFlag(double* target);   // --time-limit, where it answers many times
Flag ProgramArguments(std::vector<std::string>* target);  // what stands after --

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_SHARED_FLAGS_H_
