#ifndef TESTS_REPO_CODE_RULES_H_
#define TESTS_REPO_CODE_RULES_H_

#include <vector>

#include "tests/repo/source_tree.h"

namespace loadline::repo {

// Names that our C++ does not use, each with what to use instead: absl::Mutex, std::jthread,
// std::format and more (the table is in the .cc).
std::vector<Finding> FindBannedNames(const SourceFile& file);

// `using namespace` in a header: it would reach every file that includes it.
std::vector<Finding> FindUsingNamespaceInHeaders(const SourceFile& file);

// `new` whose result is not given to a smart pointer, or kept for ever by a static, in the same
// statement.
std::vector<Finding> FindUnownedNew(const SourceFile& file);

// Conditions on the operating system outside lib/loadline/platform and the exceptions of the
// table in the .cc.
std::vector<Finding> FindOperatingSystemConditions(const SourceFile& file);
// Exceptions of that table that no file of the tree needs any more.
std::vector<Finding> FindIdleOperatingSystemExceptions(const SourceTree& tree);

}  // namespace loadline::repo

#endif  // TESTS_REPO_CODE_RULES_H_
