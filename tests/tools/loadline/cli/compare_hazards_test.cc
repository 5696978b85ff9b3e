// Every folder of tests/golden/compare is a comparison that can go wrong, with what must be said
// of it. `case.txt` there has a claim, the command, the exit code, and the exact output.
//
// LOADLINE_UPDATE_GOLDEN=1 rewrites the outputs. It never touches an exit code: that is for a
// person to change.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_path.h"
#include "tools/loadline/cli/main.h"

namespace loadline::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kPrompt[] = "$ loadline ";
constexpr size_t kFewestCases = 60;

struct Hazard {
  fs::path folder;
  std::string claim;
  std::string command;  // after "$ loadline "
  int exit_code = -1;
  std::string output;

  std::string name() const { return folder.filename().string(); }
};

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// CLAIM, blank, "$ loadline ...", "exit N", blank, OUTPUT.
Hazard ReadHazard(const fs::path& folder) {
  Hazard hazard{.folder = folder};
  const std::string text = ReadText(folder / "case.txt");
  absl::string_view rest = text;
  const auto line = [&rest] {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const absl::string_view found = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return found;
  };
  hazard.claim = std::string(line());
  line();
  absl::string_view command = line();
  if (absl::ConsumePrefix(&command, kPrompt)) hazard.command = std::string(command);
  absl::string_view exit = line();
  if (!absl::ConsumePrefix(&exit, "exit ") || !absl::SimpleAtoi(exit, &hazard.exit_code)) {
    hazard.exit_code = -1;
  }
  line();
  hazard.output = std::string(rest);
  return hazard;
}

void WriteHazard(const Hazard& hazard, const std::string& output) {
  std::ofstream(hazard.folder / "case.txt", std::ios::binary)
      << hazard.claim << "\n\n"
      << kPrompt << hazard.command << "\nexit " << hazard.exit_code << "\n\n"
      << output;
}

std::vector<Hazard> Hazards() {
  std::vector<Hazard> hazards;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(testing::TestPath("source") + "/tests/golden/compare")) {
    if (entry.is_directory()) hazards.push_back(ReadHazard(entry.path()));
  }
  std::sort(hazards.begin(), hazards.end(),
            [](const Hazard& a, const Hazard& b) { return a.folder < b.folder; });
  return hazards;
}

// As a shell would, as far as it is needed: blanks separate, '...' keeps blanks and globs.
std::vector<std::string> Words(const std::string& command) {
  std::vector<std::string> words;
  bool quoted = false;
  bool in_word = false;
  for (const char c : command) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c != '\'') words.back().push_back(c);
  }
  return words;
}

// The command's files are in the case's folder.
class InFolder {
 public:
  explicit InFolder(const fs::path& folder) : before_(fs::current_path()) {
    fs::current_path(folder);
  }
  ~InFolder() { fs::current_path(before_); }

 private:
  fs::path before_;
};

// Shown by GoogleTest instead of bytes.
void PrintTo(const Hazard& hazard, std::ostream* out) { *out << hazard.name(); }

class CompareHazard : public ::testing::TestWithParam<Hazard> {};

TEST_P(CompareHazard, IsToldByCodeAndText) {
  const Hazard& hazard = GetParam();
  const std::vector<std::string> words = Words(hazard.command);
  const std::vector<const char*> args = [&] {
    std::vector<const char*> pointers;
    for (const std::string& word : words) pointers.push_back(word.c_str());
    return pointers;
  }();
  std::ostringstream out, err;
  const InFolder in(hazard.folder);
  EXPECT_EQ(Main(args, out, err), hazard.exit_code) << hazard.claim << "\n" << out.str();
  const std::string output = absl::StrCat(out.str(), err.str());
  if (std::getenv("LOADLINE_UPDATE_GOLDEN") != nullptr) WriteHazard(hazard, output);
  EXPECT_EQ(output, hazard.output) << hazard.claim;
}

INSTANTIATE_TEST_SUITE_P(Corpus, CompareHazard, ::testing::ValuesIn(Hazards()),
                         [](const auto& test) { return test.param.name(); });

TEST(CompareHazards, AreManyAndWellFormed) {
  const std::vector<Hazard> hazards = Hazards();
  EXPECT_GE(hazards.size(), kFewestCases);
  for (const Hazard& hazard : hazards) {
    EXPECT_FALSE(hazard.claim.empty()) << hazard.name();
    EXPECT_TRUE(absl::StartsWith(hazard.command, "compare ")) << hazard.name();
    EXPECT_THAT(hazard.exit_code, ::testing::AllOf(::testing::Ge(0), ::testing::Le(5)))
        << hazard.name();
  }
}

// A gate that gives one answer to everything would pass a corpus of one answer.
TEST(CompareHazards, HaveEveryExitCode) {
  std::vector<int> codes;
  for (const Hazard& hazard : Hazards()) codes.push_back(hazard.exit_code);
  for (const int code : {0, 1, 2, 3, 4, 5}) EXPECT_THAT(codes, ::testing::Contains(code));
}

}  // namespace
}  // namespace loadline::cli
