#ifndef TESTS_REPO_SOURCE_TREE_H_
#define TESTS_REPO_SOURCE_TREE_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::repo {

// A file of the project. `path` is relative to the root, with forward slashes.
struct SourceFile {
  std::string path;
  std::string text;
};
using SourceTree = std::vector<SourceFile>;

// One place where a rule is broken, and what to do instead. `line` is 1-based; 0: the whole file.
struct Finding {
  std::string path;
  int line = 0;
  std::string what;
};
std::ostream& operator<<(std::ostream& out, const Finding& finding);

// One finding a line, as a compiler prints them; empty if there is none.
std::string ReportOf(const std::vector<Finding>& findings);

// Every file of the project, sorted by path: what git tracks, and what IsSource() of the rest that
// git does not ignore, which somebody may be about to add. Where there is no git, as in an unpacked
// archive, what IsSource(). Nothing of build folders. Throws std::runtime_error when the root
// cannot be read, which fails the test.
SourceTree ReadTree(const std::string& root);

// The lines without their line ends. A last line without a line end counts.
std::vector<absl::string_view> Lines(absl::string_view text);

bool IsHeader(absl::string_view path);
bool IsCpp(absl::string_view path);        // .h or .cc
bool IsCMakeList(absl::string_view path);  // a CMakeLists.txt
// Told by its name alone: C++, CMake and Markdown. In the root only CMakeLists.txt: what else is
// untracked there is mostly what a command left, a log, a report, a program to try something.
bool IsSource(absl::string_view path);
// Inputs and expected outputs of tests, whose bytes are not ours to style.
bool IsTestData(absl::string_view path);

// Whether `path` is `place` itself or lies below the folder `place`.
bool IsWithin(absl::string_view path, absl::string_view place);
// The part before the last slash; empty for a file of the root.
absl::string_view FolderOf(absl::string_view path);

// C++ text of the same length and lines with comments, and the insides of strings and character
// constants, blanked: what is left is code. The names in #include lines stay.
std::string CodeOnly(absl::string_view cpp);

// Whether `text` has `word` with no identifier character at either side.
bool HasWord(absl::string_view text, absl::string_view word);

}  // namespace loadline::repo

#endif  // TESTS_REPO_SOURCE_TREE_H_
