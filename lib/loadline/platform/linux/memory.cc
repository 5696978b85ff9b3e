#include "loadline/platform/memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"
#include "loadline/platform/common/proc_status.h"
#include "loadline/platform/linux/proc_file.h"

namespace loadline::platform {
namespace {

MemoryReading ReadStatus(const char* path, absl::string_view key) {
  const std::optional<std::string> text = ReadProcFile(path);
  if (!text.has_value()) return {std::nullopt, kMemoryUnavailable};
  const std::optional<uint64_t> bytes = ProcStatusBytes(*text, key);
  return {bytes, bytes.has_value() ? key : kMemoryUnavailable};
}

}  // namespace

MemoryReading CurrentMemory() { return ReadStatus("/proc/self/status", "VmRSS"); }

MemoryReading PeakMemory() { return ReadStatus("/proc/self/status", "VmHWM"); }

MemoryReading AnonymousMemory() { return ReadStatus("/proc/self/status", "RssAnon"); }

MemoryReading CurrentMemoryOf(int pid) {
  return ReadStatus(absl::StrCat("/proc/", pid, "/status").c_str(), "VmRSS");
}

MemoryReading PeakMemoryOf(int pid) {
  return ReadStatus(absl::StrCat("/proc/", pid, "/status").c_str(), "VmHWM");
}

absl::Status ResetPeakMemory() {
  constexpr char kPath[] = "/proc/self/clear_refs";
  const int fd = ::open(kPath, O_WRONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    return absl::UnimplementedError(absl::StrCat("reset the memory peak: this kernel has no ",
                                                 kPath,
                                                 "; measure each peak in a process of its own"));
  }
  if (fd < 0)
    return absl::ErrnoToStatus(errno, absl::StrCat("reset the memory peak: open ", kPath));
  const ssize_t written = ::write(fd, "5", 1);
  const int error = errno;
  ::close(fd);
  if (written == 1) return absl::OkStatus();
  return absl::ErrnoToStatus(error, absl::StrCat("reset the memory peak: write 5 to ", kPath));
}

}  // namespace loadline::platform
