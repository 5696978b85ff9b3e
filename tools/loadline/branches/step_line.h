#ifndef TOOLS_LOADLINE_BRANCHES_STEP_LINE_H_
#define TOOLS_LOADLINE_BRANCHES_STEP_LINE_H_

#include <atomic>
#include <ostream>
#include <string>
#include <thread>

namespace loadline::branches {

// While it lives, one line on a terminal says what is being done and for how many seconds.
class StepLine {
 public:
  // `terminal` is not owned, and nobody else writes to it meanwhile; null shows nothing.
  StepLine(std::ostream* terminal, std::string what);
  ~StepLine();  // leaves the line empty
  StepLine(const StepLine&) = delete;
  StepLine& operator=(const StepLine&) = delete;

 private:
  std::ostream* const terminal_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_STEP_LINE_H_
