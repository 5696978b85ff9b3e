#ifndef BENCHMARKS_WORKLOAD_CHUNK_H_
#define BENCHMARKS_WORKLOAD_CHUNK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::workload {

struct ChunkOptions {
  size_t lines = 20;            // of a chunk; at least 1
  size_t min_filled_lines = 4;  // with something other than white space on them
  size_t max_bytes = 16 << 10;  // of a chunk's text
};

// A run of whole lines of one file.
struct Chunk {
  uint32_t first_line = 0;  // 1-based
  uint32_t last_line = 0;   // inclusive
  absl::string_view text;   // with its line ends; points into the file's bytes
};

// Cuts a file into runs of `lines` lines. A last run with too few filled lines is merged into the
// run before it; any other such run is left out (a blank stretch), as is a run above max_bytes (a
// generated table, not code that somebody reads). Any bytes; lines end with '\n'. Pure.
std::vector<Chunk> CutIntoChunks(absl::string_view file, const ChunkOptions& options = {});

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_CHUNK_H_
