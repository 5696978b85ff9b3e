#ifndef TOOLS_LOADLINE_RUN_INTERRUPTION_H_
#define TOOLS_LOADLINE_RUN_INTERRUPTION_H_

#include <csignal>

namespace loadline::run {

// While it lives, SIGINT, SIGTERM and SIGHUP do not end this process: Interrupted() becomes true
// and stays so, and the work in hand is wound up in order. A signal that was ignored, by nohup or
// for a job in the background, stays so. One may live inside another, and sees what interrupted it.
class Interruption {
 public:
  Interruption();
  ~Interruption();  // the signals do again what they did before
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  static bool Interrupted();

 private:
  struct sigaction before_[3];
};

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_INTERRUPTION_H_
