#include "benchmarks/workload/corpus.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "benchmarks/workload/project_split.h"
#include "benchmarks/workload/source_language.h"
#include "benchmarks/workload/source_tree.h"
#include "loadline/base/status_macros.h"

namespace loadline::workload {
namespace {

constexpr uint64_t kCorpusVersion = 1;  // raise it when the same options give another corpus
constexpr size_t kMinProjectFiles = 4;
constexpr size_t kMaxProjectFiles = 120;  // about 1,000 chunks of library headers
constexpr size_t kMinProjectChunks = 8;

constexpr const char* kHeaderFolders[] = {
    "/usr/include",
    "/usr/local/include",
    "/Library/Developer/CommandLineTools/SDKs/MacOSX.sdk/usr/include",
    // Homebrew's common include folder holds only links, which are not followed.
    "/opt/homebrew/opt/boost/include",
    "/opt/homebrew/opt/abseil/include",
    "/opt/homebrew/opt/googletest/include",
};

// A folder that may become a project, and its place in the drawn order.
struct Candidate {
  const SourceTree* tree = nullptr;
  ProjectFolder folder;
  uint64_t order = 0;
};

std::vector<std::string> RootsOf(const CorpusOptions& options) {
  return options.roots.empty() ? DefaultCorpusRoots() : options.roots;
}

absl::Status CheckOptions(const CorpusOptions& options) {
  if (options.chunks == 0 || options.min_projects == 0 || options.chunk.lines == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "corpus of ", options.chunks, " chunks of ", options.chunk.lines, " lines in at least ",
        options.min_projects, " projects: each of the three must be at least 1"));
  }
  if (options.chunks < options.min_projects) {
    return absl::InvalidArgumentError(
        absl::StrCat("corpus of ", options.chunks, " chunks cannot have ", options.min_projects,
                     " projects; ask for as many chunks as projects or more"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SourceTree>> ListRoots(const CorpusOptions& options) {
  std::vector<SourceTree> trees;
  for (const std::string& root : RootsOf(options)) {
    LOADLINE_ASSIGN_OR_RETURN(SourceTree tree, ListSourceTree(root));
    trees.push_back(std::move(tree));
  }
  return trees;
}

std::vector<Candidate> DrawCandidates(absl::Span<const SourceTree> trees,
                                      const CorpusOptions& options) {
  size_t files = 0;
  for (const SourceTree& tree : trees) files += tree.files.size();
  // A small tree is cut finer, so that it still gives the projects that are wanted.
  const size_t max_files =
      std::clamp(files / (4 * options.min_projects), kMinProjectFiles, kMaxProjectFiles);
  std::vector<Candidate> candidates;
  for (const SourceTree& tree : trees) {
    for (ProjectFolder& folder : SplitIntoProjects(tree.files, kMinProjectFiles, max_files)) {
      const uint64_t order =
          HashBytes(absl::StrCat(tree.root, "/", folder.directory), options.seed);
      candidates.push_back({.tree = &tree, .folder = std::move(folder), .order = order});
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.order < b.order; });
  return candidates;
}

absl::string_view LastPart(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

// The most frequent of the languages; the first by name among equals.
std::string MostFrequent(const std::map<std::string, size_t>& counts) {
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? "" : most->first;
}

// Takes candidates into a corpus, one after the other.
class Gatherer {
 public:
  explicit Gatherer(const CorpusOptions& options)
      : options_(options),
        project_limit_(std::max<size_t>(
            1, std::min(options.max_project_chunks, options.chunks / options.min_projects))) {
    const ContentKey key = KeyOf(options);
    hasher_.Add(key.high).Add(key.low);
  }

  bool full() const { return corpus_.chunks.size() >= options_.chunks; }

  void Watch(const SourceTree& tree) {
    corpus_.watched.insert(corpus_.watched.end(), tree.directories.begin(), tree.directories.end());
    corpus_.unreadable += tree.unreadable_directories;
  }

  void Take(const Candidate& candidate) {
    CorpusProject project{.first_chunk = corpus_.chunks.size()};
    const size_t first_file = corpus_.files.size();
    const size_t lines_before = corpus_.lines;
    limit_ = std::min(options_.chunks, project.first_chunk + project_limit_);
    for (const std::string& file : candidate.folder.files) {
      if (corpus_.chunks.size() >= limit_) break;
      TakeFile(candidate, file);
    }
    project.chunk_count = corpus_.chunks.size() - project.first_chunk;
    if (project.chunk_count < kMinProjectChunks && !full()) {
      corpus_.chunks.resize(project.first_chunk);
      corpus_.files.resize(first_file);
      corpus_.lines = lines_before;
      return;
    }
    Describe(candidate, first_file, corpus_.lines - lines_before, project);
    corpus_.projects.push_back(std::move(project));
  }

  Corpus Finish() {
    corpus_.key = hasher_.key();
    return std::move(corpus_);
  }

 private:
  void TakeFile(const Candidate& candidate, const std::string& file) {
    const std::string path = absl::StrCat(candidate.tree->root, "/", file);
    absl::StatusOr<SourceText> text = ReadSourceFile(path, options_.max_file_bytes);
    if (!text.ok()) {
      if (!absl::IsOutOfRange(text.status())) ++corpus_.unreadable;
      return;
    }
    corpus_.watched.push_back(std::move(text->watched));
    hasher_.Add(path).Add(text->bytes);
    const size_t before = corpus_.chunks.size();
    for (const Chunk& chunk : CutIntoChunks(text->bytes, options_.chunk)) {
      if (corpus_.chunks.size() >= limit_) break;
      TakeChunk(chunk);
    }
    if (corpus_.chunks.size() == before) return;
    const std::string& directory = candidate.folder.directory;
    corpus_.files.push_back({.path = file.substr(directory.empty() ? 0 : directory.size() + 1),
                             .language = std::string(LanguageOfPath(file)),
                             .project = static_cast<uint32_t>(corpus_.projects.size())});
  }

  void TakeChunk(const Chunk& chunk) {
    if (!seen_.insert(HashBytes(chunk.text)).second) {
      ++corpus_.duplicate_chunks;
      return;
    }
    corpus_.chunks.push_back({.file = static_cast<uint32_t>(corpus_.files.size()),
                              .first_line = chunk.first_line,
                              .last_line = chunk.last_line,
                              .text = std::string(chunk.text)});
    corpus_.lines += chunk.last_line - chunk.first_line + 1;
  }

  void Describe(const Candidate& candidate, size_t first_file, size_t lines,
                CorpusProject& project) {
    const std::string& root = candidate.tree->root;
    const std::string& directory = candidate.folder.directory;
    std::map<std::string, size_t> languages;
    for (size_t i = first_file; i < corpus_.files.size(); ++i) {
      ++languages[corpus_.files[i].language];
    }
    project.name = UniqueName(directory.empty() ? LastPart(root) : directory);
    project.source_path = directory.empty() ? root : absl::StrCat(root, "/", directory);
    project.language = MostFrequent(languages);
    project.metadata = {{"root", root},
                        {"directory", directory},
                        {"files", absl::StrCat(corpus_.files.size() - first_file)},
                        {"lines", absl::StrCat(lines)}};
  }

  std::string UniqueName(absl::string_view directory) {
    constexpr size_t kMaxNameBytes = 180;
    std::string base(directory.substr(0, kMaxNameBytes));
    for (char& c : base) {
      const bool plain =
          absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '+';
      if (!plain) c = '-';
    }
    std::string name = base;
    for (int number = 2; !names_.insert(name).second; ++number) {
      name = absl::StrCat(base, "-", number);
    }
    return name;
  }

  const CorpusOptions& options_;
  const size_t project_limit_;
  size_t limit_ = 0;  // chunks of the corpus when the current project is full
  Corpus corpus_;
  ContentHasher hasher_;
  std::unordered_set<uint64_t> seen_;  // hashes of chunk texts
  std::set<std::string> names_;
};

absl::Status CheckEnough(const Corpus& corpus, const CorpusOptions& options) {
  const std::string found = absl::StrCat(corpus.projects.size(), " projects, ", corpus.lines,
                                         " lines, ", corpus.chunks.size(), " chunks");
  if (corpus.chunks.size() < options.chunks || corpus.projects.size() < options.min_projects) {
    return absl::FailedPreconditionError(absl::StrCat(
        "gather source text from [", absl::StrJoin(RootsOf(options), ", "), "]: found ", found,
        " of C and C++ (", corpus.unreadable, " files or folders unreadable), need ",
        options.min_projects, " projects and ", options.chunks,
        " chunks; pass --corpus DIR with a larger source tree, or install libboost-dev"));
  }
  if (corpus.lines < options.min_lines) {
    return absl::InvalidArgumentError(absl::StrCat("gather source text: ", found, ", need ",
                                                   options.min_lines,
                                                   " lines; ask for more chunks or fewer lines"));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> DefaultCorpusRoots() {
  std::vector<std::string> roots;
  for (const char* folder : kHeaderFolders) {
    if (::access(folder, R_OK | X_OK) == 0) roots.push_back(folder);
  }
  return roots;
}

absl::StatusOr<Corpus> GatherCorpus(const CorpusOptions& options) {
  LOADLINE_RETURN_IF_ERROR(CheckOptions(options));
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<SourceTree> trees, ListRoots(options));
  Gatherer gatherer(options);
  for (const SourceTree& tree : trees) gatherer.Watch(tree);
  for (const Candidate& candidate : DrawCandidates(trees, options)) {
    if (gatherer.full()) break;
    gatherer.Take(candidate);
  }
  Corpus corpus = gatherer.Finish();
  LOADLINE_RETURN_IF_ERROR(CheckEnough(corpus, options));
  return corpus;
}

ContentKey KeyOf(const CorpusOptions& options) {
  ContentHasher hasher;
  hasher.Add(kCorpusVersion);
  for (const std::string& root : RootsOf(options)) hasher.Add(root);
  for (size_t number : {options.chunks, options.min_projects, options.min_lines,
                        options.max_project_chunks, options.max_file_bytes, options.chunk.lines,
                        options.chunk.min_filled_lines, options.chunk.max_bytes}) {
    hasher.Add(uint64_t{number});
  }
  return hasher.Add(options.seed).key();
}

}  // namespace loadline::workload
