#include "tests/repo/include_arrows.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace loadline::repo {
namespace {

// Room -> what stands directly below it. What stands below that may be included as well. A name
// that ends in .h, or is no room of this table, stands for those files alone.
const std::map<std::string, std::vector<std::string>>& Arrows() {
  static const auto* const arrows = new std::map<std::string, std::vector<std::string>>{
      {"lib/loadline/base", {}},
      {"lib/loadline/stats", {"lib/loadline/base"}},
      {"lib/loadline/platform", {"lib/loadline/base"}},
      {"lib/loadline/turns", {"lib/loadline/base"}},
      {"lib/loadline/monitor", {"lib/loadline/platform", "lib/loadline/stats"}},
      {"lib/loadline/harness", {"lib/loadline/monitor", "lib/loadline/turns"}},
      {"lib/stowage/storage", {"lib/loadline/base"}},
      {"lib/stowage/registry", {"lib/stowage/storage", "lib/loadline/monitor"}},
      {"lib/stowage/context", {"lib/stowage/registry"}},
      {"lib/stowage/vector", {"lib/stowage/registry"}},
      {"lib/stowage/workspace", {"lib/stowage/context", "lib/stowage/vector"}},
      {"tools/loadline/results", {"lib/loadline/platform", "lib/loadline/stats"}},
      {"tools/loadline/policy", {"tools/loadline/results"}},
      {"tools/loadline/samples", {"tools/loadline/policy"}},
      {"tools/loadline/limits", {"tools/loadline/samples"}},
      {"tools/loadline/compare", {"tools/loadline/limits"}},
      {"tools/loadline/run", {"tools/loadline/results"}},
      {"tools/loadline/duet",
       {"tools/loadline/run", "tools/loadline/compare", "lib/loadline/turns"}},
      {"tools/loadline/report", {"tools/loadline/compare"}},
      {"tools/loadline/noise", {"tools/loadline/report", "tools/loadline/run"}},
      {"tools/loadline/branches", {"tools/loadline/run"}},
      {"tools/loadline/cli",
       {"tools/loadline/noise", "tools/loadline/branches", "tools/loadline/duet"}},
      {"tools/loadline", {"tools/loadline/cli"}},
      {"benchmarks/workload", {"lib/loadline/base"}},
      {"benchmarks/fixture",
       {"benchmarks/workload", "lib/stowage/workspace", "lib/loadline/harness"}},
      {"benchmarks/micro", {"benchmarks/fixture"}},
      {"benchmarks/peers", {"benchmarks/fixture"}},
      {"benchmarks/macro", {"benchmarks/fixture"}},
      {"benchmarks/init", {"benchmarks/fixture"}},
      {"benchmarks",
       {"benchmarks/micro", "benchmarks/peers", "benchmarks/macro", "benchmarks/init"}},
      {"docs/examples", {"lib/stowage/workspace", "lib/loadline/harness"}},
      {"tests", {"benchmarks", "tools/loadline", "lib/loadline/harness", "docs/examples"}},
  };
  return *arrows;
}

struct ThirdParty {
  const char* header;  // what its includes begin with
  std::vector<std::string> places;
};

const std::vector<ThirdParty>& ThirdParties() {
  static const auto* const parties = new std::vector<ThirdParty>{
      {"hnswlib/",
       {"lib/stowage/vector/hnsw_graph.cc", "benchmarks/fixture/plain_hnsw.cc", "tests/install"}},
      {"sqlite3.h",
       {"lib/stowage/storage", "tests/stowage/storage", "tests/support", "benchmarks"}},
      {"benchmark/", {"lib/loadline/harness", "benchmarks", "docs/examples", "tests"}},
      {"gtest/", {"tests"}},
      {"gmock/", {"tests"}},
      {"CLI/", {"tools/loadline/cli/parse_flags.cc"}},
      {"toml++/", {"tools/loadline"}},
      {"rapidjson/",
       {"lib/loadline/monitor", "tools/loadline", "benchmarks/peers/word_vectors.cc", "tests"}},
      {"faiss/", {"benchmarks/peers/faiss_engine.cc"}},
      {"boost/", {"lib/loadline/stats", "tests/loadline/stats"}},
      {"mimalloc", {"lib/loadline/harness", "benchmarks"}},
  };
  return *parties;
}

struct Include {
  int line = 0;
  std::string name;
  bool quoted = false;
};

std::vector<Include> IncludesOf(const SourceFile& file) {
  std::vector<Include> includes;
  const std::string code = CodeOnly(file.text);
  int number = 0;
  for (absl::string_view line : Lines(code)) {
    ++number;
    if (!absl::ConsumePrefix(&line, "#include ")) continue;
    const bool quoted = absl::StartsWith(line, "\"");
    const size_t end = line.find(quoted ? '"' : '>', 1);
    if (end == absl::string_view::npos) continue;
    includes.push_back({number, std::string(line.substr(1, end - 1)), quoted});
  }
  return includes;
}

// The deepest room that holds the path.
std::optional<std::string> RoomOf(absl::string_view path) {
  std::optional<std::string> best;
  for (const auto& [room, below] : Arrows()) {
    if (IsWithin(path, room) && (!best || room.size() > best->size())) best = room;
  }
  return best;
}

// Where one of our headers lies in the tree; none for everybody else's.
std::optional<std::string> OurPath(absl::string_view include) {
  for (const char* wing : {"loadline/", "stowage/"}) {
    if (absl::StartsWith(include, wing)) return absl::StrCat("lib/", include);
  }
  for (const char* top : {"tools/", "benchmarks/", "tests/", "docs/"}) {
    if (absl::StartsWith(include, top)) return std::string(include);
  }
  return std::nullopt;
}

void CollectBelow(const std::string& place, std::set<std::string>& reached) {
  if (!reached.insert(place).second) return;
  const auto room = Arrows().find(place);
  if (room == Arrows().end()) return;
  for (const std::string& below : room->second) CollectBelow(below, reached);
}

bool MayInclude(const std::string& room, absl::string_view path) {
  std::set<std::string> reached;
  CollectBelow(room, reached);
  for (const std::string& place : reached) {
    if (IsWithin(path, place)) return true;
  }
  return false;
}

}  // namespace

std::vector<Finding> FindIncludesAgainstTheArrows(const SourceFile& file) {
  if (!IsCpp(file.path)) return {};
  const std::optional<std::string> room = RoomOf(file.path);
  if (!room) return {{file.path, 0, "is in no room; give it a place in docs/architecture.md"}};
  std::vector<Finding> findings;
  for (const Include& include : IncludesOf(file)) {
    const std::optional<std::string> path = OurPath(include.name);
    if (path && !MayInclude(*room, *path)) {
      findings.push_back(
          {file.path, include.line,
           absl::StrCat(*room, " may not include ", include.name, ": it does not stand below it")});
    }
    if (include.quoted && !absl::StrContains(include.name, '/') && include.name != "sqlite3.h") {
      findings.push_back({file.path, include.line,
                          absl::StrCat("includes ", include.name, " without its full path")});
    }
  }
  return findings;
}

std::vector<Finding> FindMisplacedThirdParty(const SourceFile& file) {
  if (!IsCpp(file.path)) return {};
  std::vector<Finding> findings;
  for (const Include& include : IncludesOf(file)) {
    for (const ThirdParty& party : ThirdParties()) {
      if (!absl::StartsWith(include.name, party.header)) continue;
      bool allowed = false;
      for (const std::string& place : party.places) allowed |= IsWithin(file.path, place);
      if (allowed) continue;
      findings.push_back({file.path, include.line,
                          absl::StrCat("includes ", include.name, ", which only ",
                                       absl::StrJoin(party.places, ", "), " may")});
    }
  }
  return findings;
}

}  // namespace loadline::repo
