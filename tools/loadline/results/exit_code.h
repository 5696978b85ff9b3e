#ifndef TOOLS_LOADLINE_RESULTS_EXIT_CODE_H_
#define TOOLS_LOADLINE_RESULTS_EXIT_CODE_H_

#include <initializer_list>

namespace loadline::results {

// What every command of the tool returns to the shell.
enum class ExitCode {
  kPass = 0,
  kBroken = 1,        // a limit is broken, or something regressed
  kInvalid = 2,       // usage, unreadable or invalid input
  kInconclusive = 3,  // too little is known to say
  kIncomparable = 4,  // the environments are not comparable
  kNotMeasured = 5,   // a benchmark is missing, failed or crashed
};

// Of two, the one to return: the first of 2, 4, 1, 5, 3, 0.
constexpr ExitCode Graver(ExitCode a, ExitCode b) {
  for (const ExitCode code : {ExitCode::kInvalid, ExitCode::kIncomparable, ExitCode::kBroken,
                              ExitCode::kNotMeasured, ExitCode::kInconclusive}) {
    if (a == code || b == code) return code;
  }
  return ExitCode::kPass;
}

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_EXIT_CODE_H_
