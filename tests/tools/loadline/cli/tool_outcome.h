#ifndef TESTS_TOOLS_LOADLINE_CLI_TOOL_OUTCOME_H_
#define TESTS_TOOLS_LOADLINE_CLI_TOOL_OUTCOME_H_

#include <sstream>
#include <string>
#include <vector>

#include "tools/loadline/cli/main.h"

namespace loadline::cli {

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

// What the tool, called with these words in this process, printed and returned.
inline Outcome RunTool(const std::vector<std::string>& args) {
  std::vector<const char*> words;
  for (const std::string& arg : args) words.push_back(arg.c_str());
  std::ostringstream out, err;
  const int code = Main(words, out, err);
  return {code, out.str(), err.str()};
}

}  // namespace loadline::cli

#endif  // TESTS_TOOLS_LOADLINE_CLI_TOOL_OUTCOME_H_
