#include "loadline/platform/darwin/sysctl.h"

#include <sys/sysctl.h>

#include <cstddef>
#include <cstring>

namespace loadline::platform {

// Apple's processors are little-endian: a 32-bit answer fills the low half of the zeroed number.
std::optional<int64_t> ReadSysctlNumber(const char* name) {
  int64_t number = 0;
  size_t size = sizeof(number);
  if (::sysctlbyname(name, &number, &size, nullptr, 0) != 0) return std::nullopt;
  return number;
}

std::optional<std::string> ReadSysctlText(const char* name) {
  char text[256] = {};
  size_t size = sizeof(text) - 1;
  if (::sysctlbyname(name, text, &size, nullptr, 0) != 0) return std::nullopt;
  return std::string(text);
}

}  // namespace loadline::platform
