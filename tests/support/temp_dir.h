#ifndef TESTS_SUPPORT_TEMP_DIR_H_
#define TESTS_SUPPORT_TEMP_DIR_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace loadline::testing {

// A fresh empty directory (mode 0700) below $TMPDIR or /tmp, removed with all it holds at the end
// of its scope. Its path is absolute and has no links in it. Throws std::runtime_error when it
// cannot be made, which fails the test.
class TempDir {
 public:
  TempDir() {
    std::string pattern =
        (std::filesystem::canonical(std::filesystem::temp_directory_path()) / "loadline-XXXXXX")
            .string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    path_ = std::move(pattern);
  }
  ~TempDir() {
    // A test may have taken rights away to provoke an error; without them nothing can be removed.
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // path() + "/" + relative.
  std::string Path(const std::string& relative) const { return path_ + "/" + relative; }

  // Writes a file, making the folders above it; its path. Any bytes, replaced if it is there.
  std::string WriteFile(const std::string& relative, const std::string& content) const {
    const std::filesystem::path file = Path(relative);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << content;
    if (!out.flush()) throw std::runtime_error("write " + file.string());
    return file.string();
  }
  std::string ReadFile(const std::string& relative) const {
    std::ifstream in(Path(relative), std::ios::binary);
    if (!in) throw std::runtime_error("read " + Path(relative));
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

 private:
  std::string path_;
};

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_TEMP_DIR_H_
