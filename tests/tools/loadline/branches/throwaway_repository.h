#ifndef TESTS_TOOLS_LOADLINE_BRANCHES_THROWAWAY_REPOSITORY_H_
#define TESTS_TOOLS_LOADLINE_BRANCHES_THROWAWAY_REPOSITORY_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

#include "tests/support/temp_dir.h"

namespace loadline::branches {

inline bool HasGit() { return std::system("git --version >/dev/null 2>&1") == 0; }

// A git repository in a folder of its own, whatever the user's configuration says and whichever
// repository a hook is about that runs the test.
class ThrowawayRepository {
 public:
  ThrowawayRepository() {
    Git("init -q -b main");
    Git("config user.name nobody");
    Git("config user.email nobody@example.com");
    Git("config commit.gpgsign false");
  }

  const std::string& path() const { return dir_.path(); }
  std::string Quoted() const { return "'" + path() + "'"; }  // the path, for a shell

  // Throws when it fails.
  void Git(const std::string& words) const {
    const std::string command = "cd " + Quoted() +
                                " && unset $(git rev-parse --local-env-vars) && export LC_ALL=C" +
                                " GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 && git " +
                                words + " >'" + log_.Path("git") + "' 2>&1 </dev/null";
    if (std::system(command.c_str()) != 0) {
      throw std::runtime_error("git " + words + ": " + log_.ReadFile("git"));
    }
  }
  void Write(const std::string& file, const std::string& text) const { dir_.WriteFile(file, text); }
  // Commits all files and gives the commit a tag.
  void Commit(const std::string& tag) const {
    Git("add -A");
    Git("commit -q --allow-empty -m 'Commit " + tag + "'");
    Git("tag " + tag);
  }

  // Every file, git's own too, and what is in it.
  std::map<std::string, std::string> Everything() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().string()] =
          entry.is_regular_file() ? std::string(std::istreambuf_iterator<char>(in), {}) : "";
    }
    return files;
  }

 private:
  const testing::TempDir dir_;
  const testing::TempDir log_;
};

}  // namespace loadline::branches

#endif  // TESTS_TOOLS_LOADLINE_BRANCHES_THROWAWAY_REPOSITORY_H_
