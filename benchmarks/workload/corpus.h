#ifndef BENCHMARKS_WORKLOAD_CORPUS_H_
#define BENCHMARKS_WORKLOAD_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/workload/chunk.h"
#include "benchmarks/workload/content_hash.h"
#include "benchmarks/workload/watched_path.h"

namespace loadline::workload {

struct CorpusOptions {
  std::vector<std::string> roots;     // folders; empty: those of DefaultCorpusRoots() that exist
  size_t chunks = 20'500;             // exactly as many are taken; at least 1
  size_t min_projects = 10;           // at least 1
  size_t min_lines = 100'000;         // inside the chunks taken
  size_t max_project_chunks = 1'500;  // so that no project dominates
  size_t max_file_bytes = 1 << 20;    // larger files are generated tables; left out
  ChunkOptions chunk;
  uint64_t seed = 1;  // of the order in which folders are taken
};

// Where C and C++ headers lie on Debian and macOS.
std::vector<std::string> DefaultCorpusRoots();

struct CorpusFile {
  std::string path;  // relative to the project's source_path
  std::string language;
  uint32_t project = 0;
};

struct CorpusChunk {
  uint32_t file = 0;  // index into Corpus::files
  uint32_t first_line = 0;
  uint32_t last_line = 0;
  std::string text;
};

struct CorpusProject {
  std::string name;                             // unique, [A-Za-z0-9._+-], at most 200 bytes
  std::string source_path;                      // absolute
  std::string language;                         // of most of its files
  std::map<std::string, std::string> metadata;  // "root", "directory", "files", "lines"
  size_t first_chunk = 0;                       // its chunks stand together
  size_t chunk_count = 0;
};

// Real source text, cut into projects, files and chunks.
struct Corpus {
  std::vector<CorpusProject> projects;
  std::vector<CorpusFile> files;    // only files that have chunks
  std::vector<CorpusChunk> chunks;  // by project, file, line; no two have the same text
  size_t lines = 0;                 // inside the chunks
  size_t duplicate_chunks = 0;      // left out: the same text stood in an earlier chunk
  size_t unreadable = 0;            // files and folders that could not be read
  ContentKey key;                   // of the options and of every file's path and content
  // While these are unchanged, the same corpus comes out (but for a file that was too large or not
  // readable and no longer is).
  std::vector<WatchedPath> watched;
};

// Lists the roots, splits them into projects (see SplitIntoProjects), and takes projects in an
// order that is a hash of seed and path until `chunks` chunks are there. Exact duplicates are
// dropped within the whole corpus: a query that also stood among the vectors, or two equal
// vectors, would make the true neighbours a matter of chance.
// Files that cannot be read are counted and left out.
//
// kInvalidArgument: an option out of range, or chunks too few for min_lines; kNotFound: a root that
// was named does not exist; kFailedPrecondition: the roots hold too little, naming what was found,
// what is needed and what would work.
absl::StatusOr<Corpus> GatherCorpus(const CorpusOptions& options);

// The fields of the options that change what GatherCorpus returns, with the roots to be used.
ContentKey KeyOf(const CorpusOptions& options);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_CORPUS_H_
