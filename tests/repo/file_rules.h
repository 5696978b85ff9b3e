#ifndef TESTS_REPO_FILE_RULES_H_
#define TESTS_REPO_FILE_RULES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/repo/source_tree.h"

namespace loadline::repo {

// The include guard of a header: its path as it is included, in capitals, and an underscore.
std::string GuardOf(absl::string_view path);

// Headers whose guard is missing or is not GuardOf(path).
std::vector<Finding> FindWrongGuards(const SourceFile& file);

// Source files that include something before the header of their name: who includes it first shows
// that it stands alone.
std::vector<Finding> FindLateOwnHeaders(const SourceTree& tree);

// C++ files that no CMakeLists.txt of their folder, or of one above it, lists; and CMakeLists.txt
// that none above it adds. A project of its own below tests/ counts as added.
std::vector<Finding> FindUnlistedFiles(const SourceTree& tree);

// Files called for no noun: util, helpers, common, misc.
std::vector<Finding> FindNamelessFiles(const SourceFile& file);

// C++ files over 500 lines that the table of the .cc does not know, those that have outgrown their
// ceiling in it, and entries that are no longer needed.
std::vector<Finding> FindLongFiles(const SourceTree& tree);

// Functions over 60 lines at namespace level, but for the table's.
std::vector<Finding> FindLongFunctions(const SourceFile& file);

}  // namespace loadline::repo

#endif  // TESTS_REPO_FILE_RULES_H_
