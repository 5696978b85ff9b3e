#include "tools/loadline/results/exit_code.h"

namespace loadline::results {
namespace {

int Gravity(ExitCode code) {
  switch (code) {
    case ExitCode::kInvalid:
      return 5;
    case ExitCode::kIncomparable:
      return 4;
    case ExitCode::kBroken:
      return 3;
    case ExitCode::kNotMeasured:
      return 2;
    case ExitCode::kInconclusive:
      return 1;
    case ExitCode::kPass:
      return 0;
  }
  return 5;
}

}  // namespace

ExitCode Graver(ExitCode a, ExitCode b) { return Gravity(a) >= Gravity(b) ? a : b; }

}  // namespace loadline::results
