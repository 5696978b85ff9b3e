#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "support/temp_dir.h"
#include "tools/loadline/cli/main.h"

namespace loadline::cli {
namespace {

// The text of the first block in docs/loadline.md whose fence is "```LANGUAGE TITLE".
std::string Block(const std::string& fence) {
  std::ifstream in(LOADLINE_SOURCE_DIR "/docs/loadline.md");
  const std::string manual(std::istreambuf_iterator<char>(in), {});
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

}  // namespace
}  // namespace loadline::cli
