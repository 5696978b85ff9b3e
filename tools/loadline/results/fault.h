#ifndef TOOLS_LOADLINE_RESULTS_FAULT_H_
#define TOOLS_LOADLINE_RESULTS_FAULT_H_

#include <cstddef>
#include <string>

namespace loadline::results {

// What is wrong with a text, and at which of its bytes.
struct Fault {
  std::string message;
  size_t offset = 0;
};

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_FAULT_H_
