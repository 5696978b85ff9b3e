#include "tests/repo/file_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/repo/checked_tree.h"

namespace loadline::repo {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(FileRules, EveryHeaderHasItsGuard) { EXPECT_EQ(ReportOf(FindInTree(FindWrongGuards)), ""); }

TEST(FileRules, FindWrongGuards) {
  EXPECT_EQ(GuardOf("lib/loadline/base/log.h"), "LOADLINE_BASE_LOG_H_");
  EXPECT_EQ(GuardOf("tests/repo/file_rules.h"), "TESTS_REPO_FILE_RULES_H_");
  EXPECT_THAT(FindWrongGuards({"lib/a.h", "#ifndef A_H_\n#define A_H_\n#endif  // A_H_\n"}),
              IsEmpty());
  EXPECT_THAT(FindWrongGuards({"lib/a.h", "#ifndef B_H_\n#define B_H_\n#endif  // B_H_\n"}),
              SizeIs(1));
  EXPECT_THAT(FindWrongGuards({"lib/a.h", "#ifndef A_H_\n#define A_H_\n#endif\n"}), SizeIs(1));
  EXPECT_THAT(FindWrongGuards({"lib/a.h", "int a;\n"}), SizeIs(1));
}

TEST(FileRules, EverySourceFileShowsThatItsHeaderStandsAlone) {
  EXPECT_EQ(ReportOf(FindLateOwnHeaders(CheckedTree())), "");
}

TEST(FileRules, FindLateOwnHeaders) {
  const SourceTree tree = {
      {"lib/a/x.h", ""},
      {"lib/a/x.cc", "#include <set>\n#include \"a/x.h\"\n"},
      {"lib/a/y.h", ""},
      {"lib/a/y.cc", "// Why.\n#include \"a/y.h\"\n"},
      {"lib/a/z.h", ""},
      {"lib/a/z.cc", "int a;"},
      {"lib/a/main.cc", "#include <set>\n"},
  };
  EXPECT_THAT(FindLateOwnHeaders(tree), ElementsAre(Field(&Finding::path, "lib/a/x.cc"),
                                                    Field(&Finding::path, "lib/a/z.cc")));
}

TEST(FileRules, EveryFileIsBuilt) { EXPECT_EQ(ReportOf(FindUnlistedFiles(CheckedTree())), ""); }

TEST(FileRules, FindFilesThatNothingBuilds) {
  const SourceTree tree = {
      {"CMakeLists.txt", "add_subdirectory(lib/a)\n"},
      {"lib/a/CMakeLists.txt", "room(a HDRS x.h SRCS sub/y.cc)  # z.cc\n"},
      {"lib/a/x.h", ""},
      {"lib/a/sub/y.cc", ""},
      {"lib/a/z.cc", ""},
      {"lib/b/CMakeLists.txt", ""},
      {"tests/install/consumer/CMakeLists.txt", "# x\nproject(consumer)\n"},
  };
  EXPECT_THAT(FindUnlistedFiles(tree), ElementsAre(Field(&Finding::path, "lib/a/z.cc"),
                                                   Field(&Finding::path, "lib/b/CMakeLists.txt")));
}

TEST(FileRules, EveryFileIsNamedForSomething) {
  EXPECT_EQ(ReportOf(FindInTree(FindNamelessFiles)), "");
  EXPECT_THAT(FindNamelessFiles({"lib/a/string_util.cc", ""}), SizeIs(1));
  EXPECT_THAT(FindNamelessFiles({"lib/a/common.h", ""}), SizeIs(1));
}

TEST(FileRules, NoFileIsTooLong) { EXPECT_EQ(ReportOf(FindLongFiles(CheckedTree())), ""); }

TEST(FileRules, FindLongFiles) {
  EXPECT_THAT(FindLongFiles({{"a.cc", Repeated("x\n", 500)}}), IsEmpty());
  EXPECT_THAT(FindLongFiles({{"a.cc", Repeated("x\n", 501)}}), SizeIs(1));
}

TEST(FileRules, NoFunctionIsTooLong) { EXPECT_EQ(ReportOf(FindInTree(FindLongFunctions)), ""); }

TEST(FileRules, FindLongFunctions) {
  const auto function = [](int lines) {
    return "void F(int a,\n       int b) {\n" + Repeated("  f();\n", lines) + "}\n";
  };
  EXPECT_THAT(FindLongFunctions({"a.cc", function(50)}), IsEmpty());
  EXPECT_THAT(FindLongFunctions({"a.cc", function(50) + function(60)}), SizeIs(1));
  EXPECT_THAT(FindLongFunctions({"a.cc", "struct A {\n" + Repeated("  int a;\n", 90) + "};\n"}),
              IsEmpty());
}

}  // namespace
}  // namespace loadline::repo
