#ifndef TESTS_REPO_INCLUDE_ARROWS_H_
#define TESTS_REPO_INCLUDE_ARROWS_H_

#include <vector>

#include "tests/repo/source_tree.h"

namespace loadline::repo {

// Includes of our own headers that go against the arrows of docs/architecture.md: a folder may
// include itself and what stands below it, nothing else. A C++ file in no known room is a finding
// too, as is an include that does not say its full path.
std::vector<Finding> FindIncludesAgainstTheArrows(const SourceFile& file);

// Includes of third-party headers outside the few places that may know of that library.
std::vector<Finding> FindMisplacedThirdParty(const SourceFile& file);

}  // namespace loadline::repo

#endif  // TESTS_REPO_INCLUDE_ARROWS_H_
