#ifndef TESTS_REPO_CHECKED_TREE_H_
#define TESTS_REPO_CHECKED_TREE_H_

#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tests/repo/source_tree.h"
#include "tests/support/test_path.h"

namespace loadline::repo {

// This project's own files, read once.
inline const SourceTree& CheckedTree() {
  static const auto& tree = *new SourceTree(ReadTree(testing::TestPath("source")));
  return tree;
}

// What a rule about single files finds in all of them.
inline std::vector<Finding> FindInTree(
    absl::FunctionRef<std::vector<Finding>(const SourceFile&)> rule) {
  std::vector<Finding> all;
  for (const SourceFile& file : CheckedTree()) {
    for (Finding& finding : rule(file)) all.push_back(std::move(finding));
  }
  return all;
}

}  // namespace loadline::repo

#endif  // TESTS_REPO_CHECKED_TREE_H_
