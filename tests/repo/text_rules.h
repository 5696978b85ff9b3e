#ifndef TESTS_REPO_TEXT_RULES_H_
#define TESTS_REPO_TEXT_RULES_H_

#include <vector>

#include "tests/repo/source_tree.h"

namespace loadline::repo {

// Lines over 100 columns (of characters, not bytes), tabs, blanks at a line's end, carriage
// returns, a missing newline at the end of the file. Lines that cannot be broken are left: those
// with an address or a raw string in them, rows of a Markdown table, and what is between the fences
// of a Markdown code block; JSON files have no line length.
std::vector<Finding> FindUntidyText(const SourceFile& file);

// Marks of unfinished work in any file, comments included.
std::vector<Finding> FindUnfinishedWork(const SourceFile& file);

// Paths of somebody's machine and addresses of hosts that a reader has no use for. What may be
// named, and why, is data in the .cc.
std::vector<Finding> FindMachinePaths(const SourceFile& file);
std::vector<Finding> FindUnknownHosts(const SourceFile& file);

}  // namespace loadline::repo

#endif  // TESTS_REPO_TEXT_RULES_H_
