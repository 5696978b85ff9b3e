#include "tools/loadline/branches/build.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/variable.h"

namespace loadline::branches {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::loadline::testing::Variable;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A machine with a cmake that says what it is asked for and fails, and with nothing else but
// `programs`.
absl::Status ConfigureWhereThereIs(const std::vector<std::string>& programs,
                                   const BuildOptions& options = {}) {
  const TempDir bin, dir;
  const auto write = [&](const std::string& name, const std::string& script) {
    ::chmod(bin.WriteFile(name, "#!/bin/sh\n" + script).c_str(), 0700);
  };
  write("cmake", "echo \"generator: $CMAKE_GENERATOR; arguments: $*;\"; exit 1\n");
  for (const std::string& program : programs) write(program, "");
  const Variable path("PATH", bin.path().c_str());
  dir.WriteFile("src/CMakeLists.txt", "");
  LoggedRun run(dir.Path("log"));
  return Build("side", dir.path(), run).Configure(options).status();
}

TEST(Build, TakesTheGeneratorWhoseProgramIsThereNinjaFirst) {
  const Variable none("CMAKE_GENERATOR", nullptr);
  const auto takes = [](const std::string& generator) {
    return StatusIs(absl::StatusCode::kFailedPrecondition,
                    AllOf(HasSubstr("generator: " + generator + ";"), Not(HasSubstr("install"))));
  };
  EXPECT_THAT(ConfigureWhereThereIs({"make", "ninja"}), takes("Ninja"));
  EXPECT_THAT(ConfigureWhereThereIs({"ninja"}), takes("Ninja"));
  EXPECT_THAT(ConfigureWhereThereIs({"samu"}), takes("Ninja"));
  EXPECT_THAT(ConfigureWhereThereIs({"make"}), takes("Unix Makefiles"));
  EXPECT_THAT(ConfigureWhereThereIs({"gmake"}), takes("Unix Makefiles"));
}

TEST(Build, LeavesTheGeneratorOfTheEnvironmentAndTheUsersArgumentsAlone) {
  const Variable chosen("CMAKE_GENERATOR", "Ninja Multi-Config");
  EXPECT_THAT(ConfigureWhereThereIs({"make"}, {.configure_args = {"-G", "Chosen"}}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("generator: Ninja Multi-Config;"), HasSubstr("-G Chosen;"),
                             Not(HasSubstr("Makefiles")))));
}

TEST(Build, SaysWhatToInstallWhereNoGeneratorsProgramIsThere) {
  const Variable none("CMAKE_GENERATOR", nullptr);
  EXPECT_THAT(ConfigureWhereThereIs({}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("configuring side"), HasSubstr("generator: ;"),
                             HasSubstr("Neither ninja nor make is on the PATH: install one"))));
}

}  // namespace
}  // namespace loadline::branches
