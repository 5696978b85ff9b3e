#include "tests/repo/code_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/repo/checked_tree.h"

namespace loadline::repo {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(CodeRules, NoFileUsesABannedName) { EXPECT_EQ(ReportOf(FindInTree(FindBannedNames)), ""); }

TEST(CodeRules, FindBannedNames) {
  EXPECT_THAT(FindBannedNames({"a.cc", "absl::Mutex mutex;\n"}), SizeIs(1));
  EXPECT_THAT(FindBannedNames({"a.cc", "std::jthread t(f);\n"}), SizeIs(1));
  EXPECT_THAT(FindBannedNames({"a.cc", "f(std::format(\"{}\", 1));\n"}), SizeIs(1));
  EXPECT_THAT(FindBannedNames({"a.cc", "// never absl::Mutex\nf(\"absl::Mutex\");\n"}), IsEmpty());
  EXPECT_THAT(FindBannedNames({"a.cc", "snprintf(b, n, f);\n"}), IsEmpty());
}

TEST(CodeRules, NoHeaderHasAUsingNamespace) {
  EXPECT_EQ(ReportOf(FindInTree(FindUsingNamespaceInHeaders)), "");
}

TEST(CodeRules, FindUsingNamespaceInHeaders) {
  EXPECT_THAT(FindUsingNamespaceInHeaders({"a.h", "using namespace std;\n"}), SizeIs(1));
  EXPECT_THAT(FindUsingNamespaceInHeaders({"a.cc", "using namespace std;\n"}), IsEmpty());
}

TEST(CodeRules, EveryNewHasAnOwner) { EXPECT_EQ(ReportOf(FindInTree(FindUnownedNew)), ""); }

TEST(CodeRules, FindUnownedNew) {
  EXPECT_THAT(FindUnownedNew({"a.cc", "f();\nT* t = new T();\n"}), SizeIs(1));
  EXPECT_THAT(FindUnownedNew({"a.cc", "return new T;\n"}), SizeIs(1));
  EXPECT_THAT(FindUnownedNew({"a.cc", "auto t = std::unique_ptr<T>(\n    new T());\n"}), IsEmpty());
  EXPECT_THAT(FindUnownedNew({"a.cc", "static T& t = *new T;\n"}), IsEmpty());
  EXPECT_THAT(FindUnownedNew({"a.cc", "static T& t = *[] { if (a) { b(); } return new T; }();\n"}),
              IsEmpty());
  EXPECT_THAT(FindUnownedNew({"a.cc", "static T* Make() { return new T; }\n"}), SizeIs(1));
  EXPECT_THAT(FindUnownedNew({"a.cc", "new (p) T; void* operator new(size_t n);\n"}), IsEmpty());
  EXPECT_THAT(FindUnownedNew({"a.cc", "#include <new>\nint renew, news; // new T\n"}), IsEmpty());
}

TEST(CodeRules, OnlyThePlatformRoomAsksForTheOperatingSystem) {
  EXPECT_EQ(ReportOf(FindInTree(FindOperatingSystemConditions)), "");
}

TEST(CodeRules, NoOperatingSystemExceptionIsIdle) {
  EXPECT_EQ(ReportOf(FindIdleOperatingSystemExceptions(CheckedTree())), "");
  EXPECT_THAT(FindIdleOperatingSystemExceptions({}), SizeIs(::testing::Ge(1u)));
}

TEST(CodeRules, FindOperatingSystemConditions) {
  EXPECT_THAT(FindOperatingSystemConditions({"lib/stowage/vector/a.cc", "#ifdef __APPLE__\n"}),
              SizeIs(1));
  EXPECT_THAT(FindOperatingSystemConditions({"tests/a.cc", "#if defined(__linux__)\n"}), SizeIs(1));
  EXPECT_THAT(FindOperatingSystemConditions({"lib/loadline/platform/a.cc", "#ifdef __linux__\n"}),
              IsEmpty());
}

}  // namespace
}  // namespace loadline::repo
