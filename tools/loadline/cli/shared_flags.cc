#include "tools/loadline/cli/shared_flags.h"

#include "tools/loadline/cli/flag_values.h"

namespace loadline::cli {
namespace {

constexpr double kShortestLimit = 0.001;

}  // namespace

Flag MaxBytesFlag(size_t* target) {
  return {"--max-bytes", WholeNumber("N", target, 1, uint64_t{1} << 40),
          "Largest result file that is read"};
}

Flag MarginFlag(absl::string_view shown, std::optional<double>* target) {
  return {"--margin", Fraction(shown, target, 1), "What a time or rate may get worse by"};
}

Flag AlphaFlag(std::optional<double>* target) {
  return {"--alpha", Fraction("P [0.01]", target, 0.5),
          "Chance of one false alarm among all benchmarks"};
}

Flag AllowEnvFlag(std::vector<std::string>* target) {
  return {"--allow-env", Texts("KEY", target),
          "What the environments may differ in all the same; all: everything"};
}

Flag FilterFlag(std::string* target) {
  return {"--filter", TextOrNone("RE", target), "Only benchmarks whose name matches"};
}

Flag ProfileFlag(std::string* target) {
  return {"--profile", OneOf({"tiny", "smoke", "ci", "full"}, target),
          "How long a benchmark measures, the program's LOADLINE_PROFILE"};
}

Flag SeedFlag(uint64_t* target) {
  return {"--seed", WholeNumber("S", target, 0, UINT64_MAX),
          "Of all that is random: orders, layouts, the program's inputs"};
}

Flag ProcessLimitFlag(double* target) {
  return {"--time-limit", Seconds(target, kShortestLimit), "Seconds that one process may take"};
}

Flag AnswerLimitFlag(double* target) {
  return {"--time-limit", Seconds(target, kShortestLimit),
          "Seconds that one answer of a program may take"};
}

Flag ProgramArguments(std::vector<std::string>* target) {
  return {"ARGS", Texts("", target), "After --: handed to the benchmark program"};
}

}  // namespace loadline::cli
