#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tools/loadline/cli/main.h"

namespace loadline::cli {
namespace {

using ::testing::HasSubstr;

std::string ManualText() {
  std::ifstream in(testing::TestPath("source") + "/docs/loadline.md");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// The text of the first block in docs/loadline.md whose fence is "```LANGUAGE TITLE".
std::string Block(const std::string& fence) {
  const std::string manual = ManualText();
  const size_t begin = manual.find("```" + fence + "\n");
  if (begin == std::string::npos) return std::string();
  const size_t text = manual.find('\n', begin) + 1;
  return manual.substr(text, manual.find("```", text) - text);
}

// Runs the example whose console block is `title` on the files it names, in a folder of their own.
void ExpectExample(const std::string& title, const std::vector<std::string>& files,
                   const std::vector<const char*>& args, int code) {
  const testing::TempDir dir;
  for (const std::string& file : files) {
    const std::string fence = absl::StrCat(file.substr(file.find('.') + 1), " ", file);
    dir.WriteFile(file, Block(fence));
  }
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(dir.path());
  std::ostringstream out, err;
  EXPECT_EQ(Main(args, out, err), code);
  std::filesystem::current_path(before);
  EXPECT_EQ(absl::StrCat("$ loadline ", absl::StrJoin(args, " "), "\n", out.str()),
            Block("console " + title))
      << err.str();
}

TEST(Manual, TheExampleOfCheckPrintsWhatTheManualSays) {
  ExpectExample("check", {"results.json", "limits.toml"},
                {"check", "results.json", "--policy", "limits.toml"}, 1);
}

TEST(Manual, TheExampleOfComparePrintsWhatTheManualSays) {
  ExpectExample("compare", {"base.json", "new.json"},
                {"compare", "--base", "base.json", "--new", "new.json"}, 1);
}

// The manual says of a command, in a table, which flags it has.
TEST(Manual, NamesNoFlagThatTheCommandDoesNotHave) {
  std::string help;
  int flags = 0;
  for (absl::string_view line : absl::StrSplit(ManualText(), '\n')) {
    if (absl::ConsumePrefix(&line, "## loadline ")) {
      std::ostringstream out, err;
      EXPECT_EQ(Main({std::string(line).c_str(), "--help"}, out, err), 0) << line;
      help = out.str();
    }
    if (!absl::ConsumePrefix(&line, "| `--")) continue;
    const absl::string_view cell = line.substr(0, line.find('|'));
    for (const absl::string_view flag : absl::StrSplit(cell, "--")) {
      const std::string name(flag.substr(0, flag.find_first_of(" `")));
      EXPECT_THAT(help, HasSubstr(absl::StrCat("\n  --", name))) << line;
      ++flags;
    }
  }
  EXPECT_GT(flags, 20);
}

}  // namespace
}  // namespace loadline::cli
