#include "tests/repo/code_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace loadline::repo {
namespace {

struct BannedName {
  absl::string_view name;
  absl::string_view instead;
};
constexpr BannedName kBannedNames[] = {
    {"absl::Mutex", "loadline/base/mutex.h: ThreadSanitizer cannot see into abseil's library"},
    {"absl::MutexLock", "loadline/base/mutex.h: ThreadSanitizer cannot see into abseil's library"},
    {"std::jthread", "std::thread and an explicit join: AppleClang has no jthread"},
    {"std::format", "absl::StrCat or absl::StrFormat: g++ 12 has no std::format"},
    {"std::stop_token", "an atomic flag: AppleClang has no stop_token"},
    {"strcpy", "std::string"},
    {"strcat", "absl::StrCat"},
    {"sprintf", "absl::StrCat or absl::StrFormat"},
    {"atoi", "absl::SimpleAtoi, which reports failure"},
    {"atof", "absl::SimpleAtod, which reports failure"},
    {"std::rand", "a generator that takes its seed"},
};

struct Exception {
  absl::string_view path;
  absl::string_view reason;
};
constexpr Exception kOperatingSystemExceptions[] = {
    {"lib/stowage/storage/connection.cc",
     "SQLite asks the drive to flush only when told, on macOS"},
    {"tools/loadline/run/spawn.cc",
     "on Linux a child dies with its parent, by prctl, and can be pinned to a processor"},
    {"tools/loadline/run/program_identity.cc", "struct stat names its nanoseconds differently"},
    {"tests/tools/loadline/run/run_test.cc",
     "only Linux promises that a child dies with its parent"},
    {"tests/tools/loadline/results/result_reader_test.cc", "ru_maxrss has another unit on macOS"},
    {"tests/stowage/vector/vector_memory_test.cc", "counts by glibc's mallinfo2"},
    {"benchmarks/workload/watched_path.cc", "struct stat names its nanoseconds differently"},
};

constexpr absl::string_view kOperatingSystems[] = {"__APPLE__", "__MACH__", "__linux__",
                                                   "__FreeBSD__", "_WIN32"};

bool NamesAnOperatingSystem(absl::string_view line) {
  return std::any_of(std::begin(kOperatingSystems), std::end(kOperatingSystems),
                     [&](absl::string_view name) { return HasWord(line, name); });
}

bool MayAskForTheOperatingSystem(absl::string_view path) {
  if (IsWithin(path, "lib/loadline/platform")) return true;
  return std::any_of(std::begin(kOperatingSystemExceptions), std::end(kOperatingSystemExceptions),
                     [&](const Exception& exception) { return exception.path == path; });
}

template <typename Check>
std::vector<Finding> EachCodeLine(const SourceFile& file, Check check) {
  std::vector<Finding> findings;
  if (!IsCpp(file.path)) return findings;
  const std::string code = CodeOnly(file.text);
  int number = 0;
  for (const absl::string_view line : Lines(code)) {
    ++number;
    std::string what = check(line);
    if (!what.empty()) findings.push_back({file.path, number, std::move(what)});
  }
  return findings;
}

// The statement, as far as it goes, before `at`.
absl::string_view StatementBefore(absl::string_view code, size_t at) {
  const size_t start = at == 0 ? absl::string_view::npos : code.find_last_of(";{}", at - 1);
  return start == absl::string_view::npos ? code.substr(0, at)
                                          : code.substr(start + 1, at - start - 1);
}

// Placement new and the definition of an operator allocate nothing that could be lost.
bool AllocatesNothing(absl::string_view before, absl::string_view after) {
  return absl::EndsWith(before, "operator ") || absl::StartsWith(after, " (") ||
         absl::StartsWith(after, "(");
}

// The brace that opens the block around `at`; npos at namespace level and outside of all.
size_t OpeningBrace(absl::string_view code, size_t at) {
  int closed = 0;
  while (at-- > 0) {
    if (code[at] == '}') ++closed;
    if (code[at] == '{' && closed-- == 0) return at;
  }
  return absl::string_view::npos;
}

// In a lambda whose result initialises a static, as in `static const T& t = *[] { ... }();`.
bool IsInInitialiserOfAStatic(absl::string_view code, size_t at) {
  const size_t brace = OpeningBrace(code, at);
  if (brace == absl::string_view::npos) return false;
  const absl::string_view before = StatementBefore(code, brace);
  return HasWord(before, "static") && absl::StrContains(before, '[');
}

bool HasOwner(absl::string_view statement) {
  for (const char* owner : {"unique_ptr", "shared_ptr", "WrapUnique", "reset", "static"}) {
    if (HasWord(statement, owner)) return true;
  }
  return false;
}

}  // namespace

std::vector<Finding> FindBannedNames(const SourceFile& file) {
  return EachCodeLine(file, [](absl::string_view line) {
    std::string what;
    for (const BannedName& banned : kBannedNames) {
      if (HasWord(line, banned.name)) {
        absl::StrAppend(&what, "uses ", banned.name, "; use ", banned.instead);
      }
    }
    return what;
  });
}

std::vector<Finding> FindUsingNamespaceInHeaders(const SourceFile& file) {
  if (!IsHeader(file.path)) return {};
  return EachCodeLine(file, [](absl::string_view line) {
    return std::string(
        HasWord(line, "using namespace") ? "using namespace in a header; qualify the names" : "");
  });
}

std::vector<Finding> FindUnownedNew(const SourceFile& file) {
  if (!IsCpp(file.path)) return {};
  std::vector<Finding> findings;
  const std::string code = CodeOnly(file.text);
  for (size_t at = code.find("new"); at != std::string::npos; at = code.find("new", at + 3)) {
    const size_t line_start = at == 0 ? 0 : code.rfind('\n', at - 1) + 1;
    if (code[line_start] == '#') continue;
    const absl::string_view text(code);
    // Two characters before it, so that the word's own start is judged too.
    if (!HasWord(text.substr(at == 0 ? 0 : at - 1, at == 0 ? 4 : 5), "new")) continue;
    const absl::string_view before = StatementBefore(text, at);
    if (AllocatesNothing(before, text.substr(at + 3)) || HasOwner(before)) continue;
    if (IsInInitialiserOfAStatic(text, at)) continue;
    const auto line =
        std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    findings.push_back({file.path, static_cast<int>(line) + 1,
                        "new without an owner; use std::make_unique or a container"});
  }
  return findings;
}

std::vector<Finding> FindOperatingSystemConditions(const SourceFile& file) {
  if (MayAskForTheOperatingSystem(file.path)) return {};
  return EachCodeLine(file, [](absl::string_view line) {
    return std::string(NamesAnOperatingSystem(line)
                           ? "asks for the operating system; ask lib/loadline/platform instead"
                           : "");
  });
}

std::vector<Finding> FindIdleOperatingSystemExceptions(const SourceTree& tree) {
  std::vector<Finding> idle;
  for (const Exception& exception : kOperatingSystemExceptions) {
    const bool needed = std::any_of(tree.begin(), tree.end(), [&](const SourceFile& file) {
      return file.path == exception.path && NamesAnOperatingSystem(CodeOnly(file.text));
    });
    if (!needed) {
      idle.push_back({std::string(exception.path), 0, "needs its exception no more; remove it"});
    }
  }
  return idle;
}

}  // namespace loadline::repo
