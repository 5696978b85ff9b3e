#include "tools/loadline/results/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/large_pages.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

constexpr size_t kReadChunk = size_t{1} << 20;
constexpr std::chrono::milliseconds kNap{10};

absl::Status Refused(absl::string_view path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("read ", path, ": ", why));
}

absl::Status CheckKind(absl::string_view path, const struct stat& info, size_t max_bytes) {
  if (S_ISDIR(info.st_mode)) return Refused(path, "is a directory; name a file in it");
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
    return Refused(path, "is neither a regular file nor a pipe; name one, or - for standard input");
  }
  if (static_cast<uint64_t>(info.st_size) <= max_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("read ", path, ": has ", info.st_size, " bytes, want at most ", max_bytes));
}

// Reads to the end, one byte past the limit at most: a file may grow while it is read. An end at
// the very beginning counts only when it is there still after `patience`.
absl::StatusOr<std::string> ReadAll(const std::string& path, int fd, size_t expected,
                                    std::chrono::milliseconds patience,
                                    const InputOptions& options) {
  std::string content;
  content.reserve(std::min(expected, options.max_bytes) + 1);
  // Of 10,000 benchmarks' results a third of the time went into faults of this buffer's pages.
  platform::PreferLargePages(content.data(), content.capacity());
  for (;;) {
    const size_t before = content.size();
    // Not past what is reserved: to see the end of the file takes one byte, and no copy of it all.
    const size_t reserved = content.capacity() - before;
    const size_t room = std::min(reserved > 0 ? std::min(reserved, kReadChunk) : kReadChunk,
                                 options.max_bytes + 1 - before);
    content.resize(before + room);
    const ssize_t count = options.fs->Read(fd, content.data() + before, room);
    const int error = errno;
    content.resize(before + static_cast<size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && error == EINTR) continue;
    if (count < 0 && error == EAGAIN) {
      pollfd waited = {.fd = fd, .events = POLLIN, .revents = 0};
      ::poll(&waited, 1, -1);  // until there is something to read, or never will be
      continue;
    }
    if (count < 0) return absl::ErrnoToStatus(error, absl::StrCat("read ", path));
    if (count == 0 && content.empty() && patience > kNap) {
      std::this_thread::sleep_for(kNap);
      patience -= kNap;
      continue;
    }
    if (count == 0) return content;
    if (content.size() > options.max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("read ", path, ": has more than ", options.max_bytes, " bytes"));
    }
  }
}

// As a word of a shell's command line.
std::string ShellWord(absl::string_view text) {
  const auto plain = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("/._-+:,@=", c);
  };
  if (absl::c_all_of(text, plain)) return std::string(text);
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// "UTF-16LE" and so on, of a text of two or four bytes a character: by its byte order mark, or by
// where the zeros are in a first character that is ASCII, as that of every text here is. Empty
// otherwise.
absl::string_view WideEncodingOf(absl::string_view content) {
  if (absl::StartsWith(content, absl::string_view("\xFF\xFE\0\0", 4))) return "UTF-32LE";
  if (absl::StartsWith(content, absl::string_view("\0\0\xFE\xFF", 4))) return "UTF-32BE";
  if (absl::StartsWith(content, "\xFF\xFE")) return "UTF-16LE";
  if (absl::StartsWith(content, "\xFE\xFF")) return "UTF-16BE";
  std::string zeros;
  for (const char c : content.substr(0, 4)) zeros += c == '\0' ? '0' : 'x';
  if (zeros == "x000") return "UTF-32LE";
  if (zeros == "000x") return "UTF-32BE";
  if (zeros == "x0x0") return "UTF-16LE";
  if (zeros == "0x0x") return "UTF-16BE";
  return "";
}

absl::Status CheckContent(absl::string_view named, const std::string& path,
                          absl::string_view content) {
  for (absl::string_view magic : {"\x7f\x45LF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"}) {
    if (!absl::StartsWith(content, magic)) continue;
    return Refused(path, absl::StrCat("is a program, and nothing that is read is ever run; measure "
                                      "it with `loadline run --suite ",
                                      named == "-" ? "PROGRAM" : ShellWord(path),
                                      " --out FILE` and name the file"));
  }
  const absl::string_view encoding = WideEncodingOf(content);
  if (encoding.empty()) return absl::OkStatus();
  const std::string convert = absl::StrCat("iconv -f ", encoding, " -t UTF-8");
  return Refused(path,
                 absl::StrCat("is ", encoding, ", want UTF-8 (PowerShell's > writes UTF-16); ",
                              named == "-" ? "pipe it through " : "convert it: ", convert,
                              named == "-" ? "" : " " + ShellWord(path)));
}

absl::StatusOr<std::string> ReadNamedFile(const std::string& path, const std::string& shown,
                                          const InputOptions& options) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int fd = options.fs->OpenAt(AT_FDCWD, path.c_str(), flags, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", shown));
  const absl::Cleanup close = [&] { options.fs->Close(fd); };
  struct stat info = {};
  if (::fstat(fd, &info) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("stat ", shown));
  LOADLINE_RETURN_IF_ERROR(CheckKind(shown, info, options.max_bytes));
  if (!S_ISFIFO(info.st_mode)) {
    return ReadAll(shown, fd, static_cast<size_t>(info.st_size), {}, options);
  }
  LOADLINE_ASSIGN_OR_RETURN(std::string content,
                            ReadAll(shown, fd, 0, options.pipe_patience, options));
  if (!content.empty()) return content;
  return absl::DeadlineExceededError(
      absl::StrCat("read ", shown, ": is a pipe, and nobody wrote into it"));
}

}  // namespace

absl::StatusOr<std::string> ReadInputFile(absl::string_view path, const InputOptions& options) {
  if (path.empty() || absl::StrContains(path, absl::string_view("\0", 1))) {
    return Refused(Quoted(path), "is no path; want a file or -");
  }
  const std::string shown = path == "-" ? "standard input" : EscapeUnprintable(path);
  LOADLINE_ASSIGN_OR_RETURN(std::string content,
                            path == "-" ? ReadAll(shown, options.stdin_fd, 0, {}, options)
                                        : ReadNamedFile(std::string(path), shown, options));
  LOADLINE_RETURN_IF_ERROR(CheckContent(path, shown, content));
  return content;
}

}  // namespace loadline::results
