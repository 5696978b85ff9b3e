#include "benchmarks/workload/chunk.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace loadline::workload {
namespace {

struct Run {
  Chunk chunk;
  size_t filled_lines = 0;
};

bool IsFilled(absl::string_view line) {
  for (char c : line) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c))) return true;
  }
  return false;
}

// The next `lines` lines of `rest`, which becomes what follows them.
Run TakeRun(absl::string_view& rest, uint32_t first_line, size_t lines) {
  Run run;
  size_t bytes = 0;
  size_t count = 0;
  for (; count < lines && bytes < rest.size(); ++count) {
    const size_t end = rest.find('\n', bytes);
    const size_t next = end == rest.npos ? rest.size() : end + 1;
    if (IsFilled(rest.substr(bytes, next - bytes))) ++run.filled_lines;
    bytes = next;
  }
  run.chunk = {.first_line = first_line,
               .last_line = first_line + static_cast<uint32_t>(count) - 1,
               .text = rest.substr(0, bytes)};
  rest.remove_prefix(bytes);
  return run;
}

// REQUIRES: `tail` begins where `chunk` ends.
void Append(const Chunk& tail, Chunk& chunk) {
  chunk.last_line = tail.last_line;
  chunk.text = absl::string_view(chunk.text.data(), chunk.text.size() + tail.text.size());
}

}  // namespace

std::vector<Chunk> CutIntoChunks(absl::string_view file, const ChunkOptions& options) {
  std::vector<Chunk> chunks;
  absl::string_view rest = file;
  uint32_t line = 1;
  while (!rest.empty()) {
    const Run run = TakeRun(rest, line, std::max<size_t>(1, options.lines));
    line = run.chunk.last_line + 1;
    if (run.filled_lines >= options.min_filled_lines) {
      chunks.push_back(run.chunk);
    } else if (rest.empty() && !chunks.empty() &&
               chunks.back().last_line + 1 == run.chunk.first_line) {
      Append(run.chunk, chunks.back());
    }
  }
  std::erase_if(chunks, [&](const Chunk& chunk) { return chunk.text.size() > options.max_bytes; });
  return chunks;
}

}  // namespace loadline::workload
