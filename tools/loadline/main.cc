#include <csignal>
#include <iostream>

#include "absl/types/span.h"
#include "tools/loadline/cli/main.h"

int main(int argc, char** argv) {
  // Some parents ignore it, and their children inherit that: then nobody is told how one ended.
  std::signal(SIGCHLD, SIG_DFL);
  const absl::Span<const char* const> args(argv + 1, argc > 0 ? static_cast<size_t>(argc) - 1 : 0);
  return loadline::cli::Main(args, std::cout, std::cerr);
}
