#include <cstdint>
#include <cstdlib>
#include <string>

#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/result_writer.h"

// Whatever is read can be written, and what was written reads and writes the same again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loadline::results;  // NOLINT
  const auto file = ParseResultFile("fuzz", std::string(reinterpret_cast<const char*>(data), size));
  if (!file.ok()) return 0;
  const std::string written = WriteResultFile(*file);
  const auto again = ParseResultFile("written", written);
  if (!again.ok() || again->rows.size() != file->rows.size()) std::abort();
  return 0;
}
