#ifndef TOOLS_LOADLINE_RUN_PROGRESS_H_
#define TOOLS_LOADLINE_RUN_PROGRESS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"

namespace loadline::run {

// One line on a terminal, redrawn: how much is done, what runs, and how long the rest will take if
// it is like what is done. Thread-compatible.
class Progress {
 public:
  // `terminal` is not owned; null shows nothing.
  Progress(std::ostream* terminal, size_t total);
  ~Progress();  // leaves the line empty
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of the `total` pieces of work are done, and `what` begins.
  void Show(size_t done, absl::string_view what);

 private:
  std::ostream* const terminal_;
  const size_t total_;
  const int64_t start_nanos_;
};

// While it lives, one line on a terminal says what is being done and for how many seconds.
class StepLine {
 public:
  // `terminal` is not owned, and nobody else writes to it meanwhile; null shows nothing.
  StepLine(std::ostream* terminal, std::string what);
  ~StepLine();  // leaves the line empty
  StepLine(const StepLine&) = delete;
  StepLine& operator=(const StepLine&) = delete;

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_PROGRESS_H_
