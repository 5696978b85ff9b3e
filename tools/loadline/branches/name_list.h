#ifndef TOOLS_LOADLINE_BRANCHES_NAME_LIST_H_
#define TOOLS_LOADLINE_BRANCHES_NAME_LIST_H_

#include <string>
#include <vector>

namespace loadline::branches {

// For messages: the names, printable, with commas between them. Of many the first twenty, and how
// many more there are; "none" where there are none.
std::string NameList(const std::vector<std::string>& names);

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_NAME_LIST_H_
