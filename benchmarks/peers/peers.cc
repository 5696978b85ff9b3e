// Question: at the same recall, what does a search of the vector store cost beside what a user
// would pick instead, and what do building, opening and keeping it cost?
// Timed: a search, by one thread. Not timed: drawing sets, true neighbours; building and opening
// are counted by themselves.
// Bound by: the bytes of codes or floats that a search reads, from the cache or from memory.
// Would lie if: the peers were compiled for an older CPU than this one, queries were rows, or the
// engines were measured one after the other while the machine changes.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "benchmarks/peers/comparison.h"
#include "benchmarks/peers/engine.h"
#include "benchmarks/peers/fresh_process.h"
#include "benchmarks/peers/peer_sets.h"
#include "benchmarks/peers/peers_options.h"
#include "benchmarks/peers/peers_report.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/cpu.h"

namespace loadline::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

// A line on a terminal that the next one replaces; nothing anywhere else.
void ShowProgress(const std::string& what) {
  static const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (terminal) std::fprintf(stderr, "\r\033[K%s", what.c_str());
}

// Of those whose names were given, in that order; all for "all" or none. kInvalidArgument, naming
// what there is.
template <typename T>
absl::StatusOr<std::vector<T>> Chosen(const char* what, const std::vector<T>& all,
                                      const std::vector<std::string>& names) {
  if (names.empty() || names == std::vector<std::string>{"all"}) return all;
  std::vector<T> chosen;
  for (const std::string& name : names) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const T& each) { return each.name == name; });
    if (found == all.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "there is no ", what, " \"", name, "\"; want some of ",
          absl::StrJoin(all, ", ",
                        [](std::string* out, const T& each) { absl::StrAppend(out, each.name); })));
    }
    chosen.push_back(*found);
  }
  return chosen;
}

// With those efforts alone that are wished for; all if none is.
absl::Status KeepEfforts(const std::vector<double>& wished, std::vector<EngineKind>& kinds) {
  for (EngineKind& kind : kinds) {
    const std::vector<double> all = kind.efforts;
    std::erase_if(kind.efforts, [&](double effort) {
      return !wished.empty() && std::find(wished.begin(), wished.end(), effort) == wished.end();
    });
    if (!kind.efforts.empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat("--efforts has none of ", kind.name,
                                                   "; want some of ", absl::StrJoin(all, ", ")));
  }
  return absl::OkStatus();
}

// A new folder, removed at the end.
class ScratchFolder {
 public:
  static absl::StatusOr<ScratchFolder> Make() {
    LOADLINE_ASSIGN_OR_RETURN(std::string path, MakeScratchFolder());
    return ScratchFolder(std::move(path));
  }
  ScratchFolder(ScratchFolder&& other) : path_(std::exchange(other.path_, "")) {}
  ~ScratchFolder() {
    std::error_code ignored;  // a folder left behind is swept with the build folder
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  absl::StatusOr<std::string> Sub(const std::string& name) const {
    const std::string path = absl::StrCat(path_, "/", name);
    std::error_code error;
    fs::create_directory(path, error);
    if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("creating ", path));
    return path;
  }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

absl::StatusOr<SetResult> CompareOn(const PeerSet& peer_set, const std::vector<EngineKind>& kinds,
                                    const PeersOptions& options, const std::string& program) {
  const auto progress = [&](const std::string& what) {
    ShowProgress(absl::StrCat(peer_set.name, ": ", what));
  };
  progress("vectors");
  LOADLINE_ASSIGN_OR_RETURN(const VectorSet set, peer_set.make(options.size));
  LOADLINE_ASSIGN_OR_RETURN(const ScratchFolder scratch, ScratchFolder::Make());
  SetResult result{.name = peer_set.name,
                   .config = set.config,
                   .rows = set.size(),
                   .queries = set.query_count()};
  std::vector<std::string> folders;
  std::vector<Contestant> contestants;
  for (const EngineKind& kind : kinds) {
    progress(absl::StrCat("building ", kind.name));
    LOADLINE_ASSIGN_OR_RETURN(folders.emplace_back(), scratch.Sub(kind.name));
    LOADLINE_ASSIGN_OR_RETURN(contestants.emplace_back(), Build(kind, set, folders.back()));
  }
  LOADLINE_RETURN_IF_ERROR(
      Sweep(set, contestants,
            {.rounds = options.rounds, .seed = options.size.seed, .progress = progress}));
  for (size_t i = 0; i < kinds.size(); ++i) {
    progress(absl::StrCat("opening ", kinds[i].name));
    contestants[i].engine.reset();  // what it has open nobody else can open
    EngineResult& engine =
        result.engines.emplace_back(EngineResult{kinds[i].name,
                                                 kinds[i].effort,
                                                 std::move(contestants[i].points),
                                                 contestants[i].build_cpu_seconds,
                                                 {}});
    LOADLINE_ASSIGN_OR_RETURN(engine.fresh, MeasureFresh(program, kinds[i], set, folders[i]));
  }
  ShowProgress("");
  return result;
}

void List(const std::vector<PeerSet>& sets, const std::vector<EngineKind>& kinds) {
  for (const PeerSet& set : sets) {
    std::printf("%-25s %s\n", set.name.c_str(), set.formula.c_str());
  }
  std::printf("\n");
  for (const EngineKind& kind : kinds) {
    std::printf("%-25s %s\n", kind.name.c_str(), kind.facts.c_str());
  }
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::trunc);
  out << text;
  out.close();
  return out ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write ", path));
}

absl::Status Compare(const std::vector<PeerSet>& sets, const std::vector<EngineKind>& kinds,
                     const PeersOptions& options, const std::string& program) {
  std::printf("%s\n", platform::ReadCpuTopology().model.c_str());
  for (const EngineKind& kind : kinds) {
    std::printf("%-11s effort: %s; %s\n", kind.name.c_str(), kind.effort.c_str(),
                kind.facts.c_str());
  }
  std::vector<SetResult> results;
  for (const PeerSet& set : sets) {
    LOADLINE_ASSIGN_OR_RETURN(results.emplace_back(), CompareOn(set, kinds, options, program));
    std::printf("\n%s", PeersTable(results.back()).c_str());
    std::fflush(stdout);
    // After each set, so that an end before the last one loses nothing.
    if (!options.csv.empty()) {
      LOADLINE_RETURN_IF_ERROR(WriteText(options.csv, PeersCsv(results)));
    }
  }
  return absl::OkStatus();
}

int Fail(const absl::Status& status, int code) {
  ShowProgress("");
  std::fprintf(stderr, "loadline_peers: %s%s\n", std::string(status.message()).c_str(),
               code == kUsage ? " (see loadline_peers --help)" : "");
  return code;
}

int Main(const std::string& program, const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments.front() == kFreshFlag) {
    const auto line = RunFresh({arguments.begin() + 1, arguments.end()});
    if (!line.ok()) return Fail(line.status(), kFailed);
    std::printf("%s\n", line->c_str());
    return 0;
  }
  const absl::StatusOr<PeersOptions> options = ParsePeersOptions(arguments);
  if (!options.ok()) return Fail(options.status(), kUsage);
  const std::vector<PeerSet> all_sets = AllPeerSets(options->folders);
  const auto sets = Chosen("set", all_sets, options->sets);
  auto kinds = Chosen("engine", AllEngines(), options->engines);
  if (!sets.ok()) return Fail(sets.status(), kUsage);
  if (!kinds.ok()) return Fail(kinds.status(), kUsage);
  if (const absl::Status kept = KeepEfforts(options->efforts, *kinds); !kept.ok()) {
    return Fail(kept, kUsage);
  }
  if (options->help) {
    std::fputs(PeersUsage().data(), stdout);
    return 0;
  }
  if (options->list) {
    List(all_sets, *kinds);
    return 0;
  }
  const absl::Status status = Compare(*sets, *kinds, *options, program);
  return status.ok() ? 0 : Fail(status, kFailed);
}

}  // namespace
}  // namespace loadline::bench

int main(int argc, char** argv) {
  return loadline::bench::Main(argc > 0 ? argv[0] : "", {argv + std::min(argc, 1), argv + argc});
}
