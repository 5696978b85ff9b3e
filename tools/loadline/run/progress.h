#ifndef TOOLS_LOADLINE_RUN_PROGRESS_H_
#define TOOLS_LOADLINE_RUN_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <ostream>

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

  // `what` begins. Call it before each of the `total` pieces of work.
  void Begin(absl::string_view what);
  // `done` of the pieces are done, `what` runs: where they do not end in the order of their start.
  void Show(size_t done, absl::string_view what);

 private:
  std::ostream* const terminal_;
  const size_t total_;
  size_t begun_ = 0;
  const int64_t start_nanos_;
};

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_PROGRESS_H_
