#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
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

TEST(Manual, TheExampleOfCheckPrintsWhatTheManualSays) {
  const testing::TempDir dir;
  dir.WriteFile("results.json", Block("json results.json"));
  dir.WriteFile("limits.toml", Block("toml limits.toml"));
  std::vector<std::string> lines = absl::StrSplit(Block("console check"), '\n');
  ASSERT_EQ(lines[0], "$ loadline check results.json --policy limits.toml");
  const std::string result = dir.Path("results.json");
  const std::string policy = dir.Path("limits.toml");
  const std::vector<const char*> args = {"check", result.c_str(), "--policy", policy.c_str()};
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(Main(args, out, err), 1);
  std::string text = out.str();
  for (size_t at; (at = text.find(dir.path() + "/")) != std::string::npos;) {
    text.erase(at, dir.path().size() + 1);
  }
  std::string shown;
  for (size_t i = 1; i + 1 < lines.size(); ++i) shown += lines[i] + "\n";
  EXPECT_EQ(text, shown) << err.str();
}

}  // namespace
}  // namespace loadline::cli
