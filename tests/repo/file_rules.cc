#include "tests/repo/file_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace loadline::repo {
namespace {

constexpr size_t kMaxFileLines = 500;
constexpr int kMaxFunctionLines = 60;

// Files that may be longer than kMaxFileLines. A ceiling is lowered when the file shrinks and not
// raised when it grows: a file that reaches it is asked whether it is two nouns.
struct LongFile {
  absl::string_view path;
  size_t ceiling;
  absl::string_view reason;
};
const std::vector<LongFile>& LongFiles() {
  static const auto& files = *new std::vector<LongFile>{};
  return files;
}

size_t CeilingOf(absl::string_view path) {
  for (const LongFile& known : LongFiles()) {
    if (known.path == path) return known.ceiling;
  }
  return kMaxFileLines;
}

// Every word of a CMake file outside its comments, quotes taken off.
std::set<std::string> CMakeWords(absl::string_view text) {
  std::set<std::string> words;
  for (absl::string_view line : Lines(text)) {
    line = line.substr(0, line.find('#'));
    for (const absl::string_view word :
         absl::StrSplit(line, absl::ByAnyChar(" ()\""), absl::SkipEmpty())) {
      words.insert(std::string(word));
    }
  }
  return words;
}

bool IsProjectOfItsOwn(const SourceFile& list) {
  return list.path == "CMakeLists.txt" || absl::StrContains(list.text, "\nproject(");
}

// Whether `list`, or one above it, names the path, relative to its own folder.
bool IsListedIn(const std::vector<std::pair<std::string, std::set<std::string>>>& lists,
                absl::string_view path) {
  return std::any_of(lists.begin(), lists.end(), [&](const auto& list) {
    absl::string_view relative = path;
    if (!list.first.empty() && !absl::ConsumePrefix(&relative, absl::StrCat(list.first, "/"))) {
      return false;
    }
    return list.second.contains(std::string(relative));
  });
}

}  // namespace

std::string GuardOf(absl::string_view path) {
  absl::ConsumePrefix(&path, "lib/");
  std::string guard = absl::AsciiStrToUpper(path);
  for (char& c : guard) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return guard + "_";
}

std::vector<Finding> FindWrongGuards(const SourceFile& file) {
  if (!IsHeader(file.path)) return {};
  const std::string guard = GuardOf(file.path);
  const std::string opening = absl::StrCat("#ifndef ", guard, "\n#define ", guard, "\n");
  const std::string closing = absl::StrCat("#endif  // ", guard, "\n");
  // A guard may follow only comments; they hold no directive.
  const std::string code = CodeOnly(file.text);
  const size_t first = code.find('#');
  if (first != std::string::npos && absl::StartsWith(code.substr(first), opening) &&
      absl::EndsWith(file.text, closing)) {
    return {};
  }
  return {{file.path, 0, absl::StrCat("has not the include guard ", guard)}};
}

std::vector<Finding> FindLateOwnHeaders(const SourceTree& tree) {
  std::set<std::string> headers;
  for (const SourceFile& file : tree) {
    if (IsHeader(file.path)) headers.insert(file.path);
  }
  std::vector<Finding> findings;
  for (const SourceFile& file : tree) {
    absl::string_view stem = file.path;
    if (!absl::ConsumeSuffix(&stem, ".cc") || !headers.contains(absl::StrCat(stem, ".h"))) continue;
    const size_t begin = std::min(file.text.find("#include"), file.text.size());
    absl::string_view included =
        absl::string_view(file.text).substr(begin, file.text.find('\n', begin) - begin);
    const std::string header = absl::StrCat(stem, ".h");
    if (!absl::ConsumePrefix(&included, "#include \"") || !absl::ConsumeSuffix(&included, "\"") ||
        !absl::EndsWith(header, included)) {
      findings.push_back({file.path, 0, absl::StrCat("does not include ", header, " first")});
    }
  }
  return findings;
}

std::vector<Finding> FindUnlistedFiles(const SourceTree& tree) {
  std::vector<std::pair<std::string, std::set<std::string>>> lists;
  for (const SourceFile& file : tree) {
    if (!IsCMakeList(file.path)) continue;
    lists.emplace_back(std::string(FolderOf(file.path)), CMakeWords(file.text));
  }
  std::vector<Finding> findings;
  for (const SourceFile& file : tree) {
    if (IsTestData(file.path)) continue;
    if (IsCpp(file.path) && !IsListedIn(lists, file.path)) {
      findings.push_back({file.path, 0, "is listed in no CMakeLists.txt; list or delete it"});
    }
    if (IsCMakeList(file.path) && !IsProjectOfItsOwn(file) &&
        !IsListedIn(lists, FolderOf(file.path))) {
      findings.push_back({file.path, 0, "is added by no CMakeLists.txt above it"});
    }
  }
  return findings;
}

std::vector<Finding> FindNamelessFiles(const SourceFile& file) {
  const absl::string_view name = absl::string_view(file.path).substr(
      file.path.rfind('/') == std::string::npos ? 0 : file.path.rfind('/') + 1);
  const absl::string_view stem = name.substr(0, name.find('.'));
  for (const absl::string_view word : absl::StrSplit(stem, '_')) {
    for (const char* nameless : {"util", "utils", "helper", "helpers", "common", "misc"}) {
      if (word == nameless) return {{file.path, 0, "is named for no noun; say what is in it"}};
    }
  }
  return {};
}

std::vector<Finding> FindLongFiles(const SourceTree& tree) {
  std::vector<Finding> findings;
  std::set<std::string> seen;
  for (const SourceFile& file : tree) {
    if (!IsCpp(file.path)) continue;
    const size_t lines = Lines(file.text).size();
    const size_t ceiling = CeilingOf(file.path);
    if (lines > ceiling) {
      findings.push_back(
          {file.path, 0,
           absl::StrCat("has ", lines, " lines, want at most ", ceiling, "; is it two nouns?")});
    }
    if (lines > kMaxFileLines) seen.insert(file.path);
  }
  for (const LongFile& known : LongFiles()) {
    if (!seen.contains(std::string(known.path))) {
      findings.push_back({std::string(known.path), 0, "is long no more; drop its ceiling"});
    }
  }
  return findings;
}

std::vector<Finding> FindLongFunctions(const SourceFile& file) {
  if (!IsCpp(file.path)) return {};
  const std::string code = CodeOnly(file.text);
  std::vector<Finding> findings;
  int number = 0;
  int opened = 0;
  for (const absl::string_view line : Lines(code)) {
    ++number;
    // clang-format leaves only the brace of a function alone in the first column: types end in
    // "};", and a namespace's brace has its comment, blanked here, behind it.
    const bool starts_block = !line.empty() && line[0] != ' ' && line[0] != '}' && line[0] != '#';
    if (starts_block) opened = number;
    if (line != "}" || opened == 0) continue;
    if (number - opened > kMaxFunctionLines) {
      findings.push_back({file.path, opened,
                          absl::StrCat("has a function of ", number - opened,
                                       " lines, want at most ", kMaxFunctionLines)});
    }
    opened = 0;
  }
  return findings;
}

}  // namespace loadline::repo
