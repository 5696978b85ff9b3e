#ifndef TESTS_SUPPORT_TEST_PATH_H_
#define TESTS_SUPPORT_TEST_PATH_H_

#include <string>
#include <string_view>

namespace loadline::testing {

// The path that the test's CMakeLists.txt gives under PATHS by this name: of a program or a folder,
// in this build or in the sources. A name that it does not give ends the test.
std::string TestPath(std::string_view name);

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_TEST_PATH_H_
