#include "loadline/platform/children.h"

#include <dirent.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "loadline/platform/linux/proc_file.h"

namespace loadline::platform {
namespace {

bool HasChildren() {
  siginfo_t info = {};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

// "PID (NAME) STATE PARENT ...", where NAME may hold anything, line breaks too.
pid_t ParentOf(const std::string& pid) {
  const std::string text = ReadProcFile(absl::StrCat("/proc/", pid, "/stat").c_str()).value_or("");
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > text.size()) return -1;
  return static_cast<pid_t>(std::strtol(text.c_str() + name_end + 4, nullptr, 10));
}

}  // namespace

bool AdoptOrphans() { return ::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0; }

std::set<pid_t> Children() {
  std::set<pid_t> children;
  DIR* const processes = HasChildren() ? ::opendir("/proc") : nullptr;
  if (processes == nullptr) return children;
  while (const struct dirent* entry = ::readdir(processes)) {
    pid_t pid;
    if (absl::SimpleAtoi(entry->d_name, &pid) && ParentOf(entry->d_name) == ::getpid()) {
      children.insert(pid);
    }
  }
  ::closedir(processes);
  return children;
}

}  // namespace loadline::platform
