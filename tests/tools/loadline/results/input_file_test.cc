#include "tools/loadline/results/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace loadline::results {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;

TEST(InputFile, ReadsEveryByte) {
  const TempDir dir;
  std::string bytes(3'000'000, 'x');
  bytes[7] = '\0';
  EXPECT_THAT(ReadInputFile(dir.WriteFile("a", bytes)), IsOkAndHolds(bytes));
}

TEST(InputFile, RefusesADirectory) {
  const TempDir dir;
  EXPECT_THAT(ReadInputFile(dir.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is a directory")));
}

TEST(InputFile, ReadsAPipeThatTheShellNamesByItsDescriptor) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "through a pipe", 14), 14);
  ::close(ends[1]);
  EXPECT_THAT(ReadInputFile("/dev/fd/" + std::to_string(ends[0])), IsOkAndHolds("through a pipe"));
  ::close(ends[0]);
}

TEST(InputFile, WaitsForTheWriterOfANamedPipeAndForAllThatItWrites) {
  const TempDir dir;
  const std::string path = dir.Path("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const int fd = ::open(path.c_str(), O_WRONLY);
    for (const char* word : {"slowly ", "but ", "surely"}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      if (::write(fd, word, std::strlen(word)) < 0) break;
    }
    ::close(fd);
  });
  InputOptions options;
  options.pipe_patience = std::chrono::hours(1);
  EXPECT_THAT(ReadInputFile(path, options), IsOkAndHolds("slowly but surely"));
  writer.join();
}

TEST(InputFile, DoesNotWaitForEverForAPipeThatNobodyWritesInto) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo(dir.Path("fifo").c_str(), 0600), 0);
  InputOptions options;
  options.pipe_patience = std::chrono::milliseconds(50);
  EXPECT_THAT(ReadInputFile(dir.Path("fifo"), options),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("nobody wrote into it")));
}

TEST(InputFile, StopsReadingAPipeAtTheLimit) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "0123456789AB", 12), 12);
  InputOptions options;
  options.max_bytes = 10;
  EXPECT_THAT(ReadInputFile("/dev/fd/" + std::to_string(ends[0]), options),
              StatusIs(absl::StatusCode::kResourceExhausted));
  ::close(ends[0]);
  ::close(ends[1]);
}

// `text` in ASCII, as so many bytes a character, the last or the first of them its own.
std::string Wide(const std::string& text, size_t bytes, bool little) {
  std::string wide;
  for (const char c : text) {
    std::string character(bytes, '\0');
    character[little ? 0 : bytes - 1] = c;
    wide += character;
  }
  return wide;
}

TEST(InputFile, NamesTextOfWideCharactersAndSaysHowToConvertIt) {
  const TempDir dir;
  const auto refuses = [&](const std::string& bytes, const std::string& encoding) {
    EXPECT_THAT(ReadInputFile(dir.WriteFile("w", bytes)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         ::testing::AllOf(HasSubstr("is " + encoding),
                                          HasSubstr("iconv -f " + encoding + " -t UTF-8"))));
  };
  const std::string text = "{\"benchmarks\": []}";
  refuses(Wide(text, 2, true), "UTF-16LE");
  refuses(Wide(text, 2, false), "UTF-16BE");
  refuses("\xFF\xFE" + Wide(text, 2, true), "UTF-16LE");
  refuses("\xFE\xFF" + Wide(text, 2, false), "UTF-16BE");
  refuses(Wide(text, 4, true), "UTF-32LE");
  refuses(Wide(text, 4, false), "UTF-32BE");
  refuses(std::string("\xFF\xFE\0\0", 4) + Wide(text, 4, true), "UTF-32LE");
}

TEST(InputFile, SaysHowToConvertInAWayThatAShellTakes) {
  const TempDir dir;
  const std::string wide = Wide("{\"benchmarks\": []}", 2, true);
  const std::string path = dir.WriteFile("it's wide", wide);
  const std::string quoted = "'" + dir.path() + "/it'\\''s wide'";
  EXPECT_THAT(ReadInputFile(path),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("-t UTF-8 " + quoted)));
  EXPECT_THAT(ReadInputFile(dir.WriteFile("a b",
                                          "\x7f"
                                          "ELF")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("--suite '" + dir.path() + "/a b' --out")));
  InputOptions options;
  options.stdin_fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_THAT(ReadInputFile("-", options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(HasSubstr("through iconv -f UTF-16LE -t UTF-8"),
                                        ::testing::Not(HasSubstr("UTF-8 standard input")))));
  ::close(options.stdin_fd);
  options.stdin_fd = ::open(dir.Path("a b").c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_THAT(ReadInputFile("-", options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--suite PROGRAM --out")));
  ::close(options.stdin_fd);
}

TEST(InputFile, RefusesADevice) {
  EXPECT_THAT(ReadInputFile("/dev/zero"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("neither a regular file")));
}

TEST(InputFile, RefusesAFileAboveTheLimitAndTakesOneAtIt) {
  const TempDir dir;
  InputOptions options;
  options.max_bytes = 10;
  EXPECT_OK(ReadInputFile(dir.WriteFile("ten", std::string(10, 'x')), options));
  EXPECT_THAT(ReadInputFile(dir.WriteFile("eleven", std::string(11, 'x')), options),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("has 11 bytes")));
}

TEST(InputFile, RefusesSixtyFiveMebibytesByDefault) {
  const TempDir dir;
  dir.WriteFile("big", "");
  std::filesystem::resize_file(dir.Path("big"), size_t{65} << 20);
  EXPECT_THAT(ReadInputFile(dir.Path("big")), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(InputFile, StopsReadingStandardInputAtTheLimit) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "0123456789AB", 12), 12);
  ::close(ends[1]);
  InputOptions options;
  options.max_bytes = 10;
  options.stdin_fd = ends[0];
  EXPECT_THAT(ReadInputFile("-", options),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("standard input")));
  ::close(ends[0]);
}

TEST(InputFile, RefusesADeviceBehindALinkAndALinkToItself) {
  const TempDir dir;
  std::filesystem::create_symlink("/dev/zero", dir.Path("zero"));
  EXPECT_THAT(ReadInputFile(dir.Path("zero")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("neither a regular file")));
  std::filesystem::create_symlink("loop", dir.Path("loop"));
  EXPECT_THAT(ReadInputFile(dir.Path("loop")).status().message(), HasSubstr("open "));
}

// Cuts the file to half when it is first read, as a writer that starts anew does.
class ShrinkingFile : public FileSystem {
 public:
  explicit ShrinkingFile(std::string path) : path_(std::move(path)) {}
  ssize_t Read(int fd, void* buffer, size_t count) override {
    if (calls_++ == 0) std::filesystem::resize_file(path_, 6);
    return FileSystem::Read(fd, buffer, count);
  }

 private:
  const std::string path_;
  int calls_ = 0;
};

TEST(InputFile, GivesWhatIsLeftOfAFileThatShrinksWhileItIsRead) {
  const TempDir dir;
  ShrinkingFile fs(dir.WriteFile("a", "twelve bytes"));
  InputOptions options;
  options.fs = &fs;
  EXPECT_THAT(ReadInputFile(dir.Path("a"), options), IsOkAndHolds("twelve"));
}

// Never ends, whatever its size was said to be.
class GrowingFile : public FileSystem {
 public:
  ssize_t Read(int, void* buffer, size_t count) override {
    read += count;
    std::fill_n(static_cast<char*>(buffer), count, ' ');
    return static_cast<ssize_t>(count);
  }
  size_t read = 0;
};

TEST(InputFile, ReadsOneByteMoreThanTheLimitOfAFileThatGrows) {
  const TempDir dir;
  GrowingFile fs;
  InputOptions options;
  options.fs = &fs;
  options.max_bytes = 100;
  EXPECT_THAT(ReadInputFile(dir.WriteFile("a", "twelve bytes"), options),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 100 bytes")));
  EXPECT_EQ(fs.read, 101u);
}

TEST(InputFile, SaysWhichFileIsMissing) {
  EXPECT_THAT(ReadInputFile("no/such/file"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("open no/such/file")));
}

TEST(InputFile, RefusesAPathWithANulByte) {
  EXPECT_THAT(ReadInputFile(absl::string_view("/dev/null\0.json", 15)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// Read() is interrupted once, gives one byte at a time, and then fails.
class FailingReads : public FileSystem {
 public:
  explicit FailingReads(int error) : error_(error) {}
  ssize_t Read(int fd, void* buffer, size_t) override {
    if (calls_++ == 0) return errno = EINTR, -1;
    if (calls_ > 5 && error_ != 0) return errno = error_, -1;
    return FileSystem::Read(fd, buffer, 1);
  }

 private:
  const int error_;
  int calls_ = 0;
};

TEST(InputFile, SurvivesInterruptedAndShortReads) {
  const TempDir dir;
  FailingReads fs(0);
  InputOptions options;
  options.fs = &fs;
  EXPECT_THAT(ReadInputFile(dir.WriteFile("a", "twelve bytes"), options),
              IsOkAndHolds("twelve bytes"));
}

TEST(InputFile, ReportsAReadErrorInsteadOfHalfAFile) {
  const TempDir dir;
  FailingReads fs(EIO);
  InputOptions options;
  options.fs = &fs;
  const auto content = ReadInputFile(dir.WriteFile("a", "twelve bytes"), options);
  ASSERT_FALSE(content.ok());
  EXPECT_THAT(std::string(content.status().message()), HasSubstr("read " + dir.Path("a")));
}

}  // namespace
}  // namespace loadline::results
