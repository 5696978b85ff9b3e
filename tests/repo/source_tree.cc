#include "tests/repo/source_tree.h"

#include <stdio.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace loadline::repo {
namespace {

namespace fs = std::filesystem;

// The files of the checkout in `root` that `git ls-files` lists; none if it is no checkout, or git
// is absent. It asks about `root` alone, even in a hook of another repository, and whoever owns it:
// whoever runs the tests trusts it.
std::vector<std::string> PathsFromGit(const std::string& root, absl::string_view which) {
  const std::string quoted = absl::StrCat("'", absl::StrReplaceAll(root, {{"'", "'\\''"}}), "'");
  const std::string command = absl::StrCat(
      "exec 2>/dev/null; test -e ", quoted, "/.git && unset $(git rev-parse --local-env-vars) && ",
      "git -c safe.directory='*' -C ", quoted, " ls-files -z ", which);
  std::string listing;
  // The command's own failure shows as an empty listing, so pclose's answer adds nothing.
  const std::unique_ptr<FILE, void (*)(FILE*)> pipe(::popen(command.c_str(), "r"),
                                                    [](FILE* file) { (void)::pclose(file); });
  if (pipe == nullptr) return {};
  char buffer[4096];
  while (const size_t got = ::fread(buffer, 1, sizeof(buffer), pipe.get())) {
    listing.append(buffer, got);
  }
  return absl::StrSplit(listing, '\0', absl::SkipEmpty());
}

bool IsBuildFolder(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == ".git" || name == ".cache" || name == "build" ||
         fs::exists(folder / "CMakeCache.txt");
}

bool IsInBuildFolder(const std::string& root, absl::string_view path) {
  for (path = FolderOf(path); !path.empty(); path = FolderOf(path)) {
    if (IsBuildFolder(fs::path(root) / std::string(path))) return true;
  }
  return false;
}

std::vector<std::string> PathsFromDisk(const std::string& root) {
  std::vector<std::string> paths;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    if (it->is_directory() && IsBuildFolder(it->path())) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      paths.push_back(it->path().lexically_relative(root).generic_string());
    }
  }
  return paths;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("read " + path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool IsIdentifier(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Walks over C++ text and knows whether it stands in code, a comment or a string.
class Blanker {
 public:
  explicit Blanker(absl::string_view text) : text_(text), out_(text) {}

  std::string Run() {
    while (at_ < text_.size()) {
      const absl::string_view rest = text_.substr(at_);
      if (absl::StartsWith(rest, "//")) {
        BlankTo(text_.find('\n', at_));
      } else if (absl::StartsWith(rest, "/*")) {
        BlankPast("*/", 2);
      } else if (absl::StartsWith(rest, "R\"") && !AfterIdentifier()) {
        const std::string delimiter(rest.substr(2, rest.find('(') - 2));
        at_ += 2;
        BlankPast(absl::StrCat(")", delimiter, "\""), delimiter.size() + 1);
      } else if (absl::StartsWith(rest, "#include")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest[0] == '"' || (rest[0] == '\'' && !AfterIdentifier())) {
        BlankQuoted(rest[0]);
      } else {
        ++at_;
      }
    }
    return out_;
  }

 private:
  // A quote after an identifier character separates digits; an R after one ends a name.
  bool AfterIdentifier() const { return at_ > 0 && IsIdentifier(text_[at_ - 1]); }

  void BlankTo(size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (out_[at_] != '\n') out_[at_] = ' ';
    }
  }
  void BlankPast(absl::string_view closer, size_t skip) {
    const size_t found = text_.find(closer, at_ + skip);
    BlankTo(found == absl::string_view::npos ? found : found + closer.size());
  }
  void BlankQuoted(char quote) {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;
    BlankTo(end);
    ++at_;
  }

  absl::string_view text_;
  std::string out_;
  size_t at_ = 0;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  out << finding.path;
  if (finding.line > 0) out << ":" << finding.line;
  return out << ": " << finding.what;
}

std::string ReportOf(const std::vector<Finding>& findings) {
  std::ostringstream report;
  for (const Finding& finding : findings) report << finding << "\n";
  return report.str();
}

SourceTree ReadTree(const std::string& root) {
  std::vector<std::string> paths = PathsFromGit(root, "--cached");
  const std::vector<std::string> others =
      paths.empty() ? PathsFromDisk(root) : PathsFromGit(root, "--others --exclude-standard");
  for (const std::string& path : others) {
    if (IsSource(path) && !IsInBuildFolder(root, path)) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  SourceTree tree;
  for (const std::string& path : paths) {
    // A file that was deleted and not yet committed is still in git's list.
    const std::string full = absl::StrCat(root, "/", path);
    if (fs::is_regular_file(full)) tree.push_back({path, ReadFile(full)});
  }
  return tree;
}

std::vector<absl::string_view> Lines(absl::string_view text) {
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

bool IsHeader(absl::string_view path) { return absl::EndsWith(path, ".h"); }

bool IsCpp(absl::string_view path) { return IsHeader(path) || absl::EndsWith(path, ".cc"); }

bool IsCMakeList(absl::string_view path) {
  return path == "CMakeLists.txt" || absl::EndsWith(path, "/CMakeLists.txt");
}

bool IsSource(absl::string_view path) {
  if (FolderOf(path).empty()) return IsCMakeList(path);
  return IsCpp(path) || IsCMakeList(path) || absl::EndsWith(path, ".cmake") ||
         absl::EndsWith(path, ".md");
}

bool IsTestData(absl::string_view path) {
  return IsWithin(path, "tests/golden") || IsWithin(path, "tests/fuzz/corpus") ||
         absl::StrContains(path, "/testdata/");
}

bool IsWithin(absl::string_view path, absl::string_view place) {
  return absl::StartsWith(path, place) &&
         (path.size() == place.size() || place.empty() || path[place.size()] == '/');
}

absl::string_view FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? absl::string_view() : path.substr(0, slash);
}

std::string CodeOnly(absl::string_view cpp) { return Blanker(cpp).Run(); }

bool HasWord(absl::string_view text, absl::string_view word) {
  for (size_t at = text.find(word); at != absl::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool starts = at == 0 || !IsIdentifier(text[at - 1]) || !IsIdentifier(word.front());
    const bool ends = end == text.size() || !IsIdentifier(text[end]) || !IsIdentifier(word.back());
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace loadline::repo
