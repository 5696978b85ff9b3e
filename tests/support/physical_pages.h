#ifndef TESTS_SUPPORT_PHYSICAL_PAGES_H_
#define TESTS_SUPPORT_PHYSICAL_PAGES_H_

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace loadline::testing {

// Whether a file lies on a file system that has nothing but memory, where its pages stay.
inline bool LiesInMemoryOnly(const std::string& path) {
  std::ifstream mounts("/proc/self/mounts");
  std::string device, at, type, rest;
  std::string nearest, nearest_type;
  while (mounts >> device >> at >> type && std::getline(mounts, rest)) {
    const std::string below = at == "/" ? at : at + "/";
    if (path.starts_with(below) && below.size() >= nearest.size()) {
      nearest = below;
      nearest_type = type;
    }
  }
  return nearest_type == "tmpfs" || nearest_type == "ramfs";
}

// Where each page of a file lies in physical memory, after reading it. Empty where that is not told
// (only Linux tells, and only root), where it cannot change, and for an empty file.
inline std::vector<uint64_t> PhysicalPages(const std::string& path) {
  if (LiesInMemoryOnly(path)) return {};
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t bytes = std::filesystem::file_size(path);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (mapped == MAP_FAILED) return {};
  std::vector<uint64_t> pages((bytes + page - 1) / page);
  for (size_t i = 0; i < pages.size(); ++i) {
    (void)*(static_cast<const volatile char*>(mapped) + i * page);
  }
  // One word a page of virtual memory: its frame in the low 55 bits, 0 for those who may not know.
  const int map = ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  const auto wanted = static_cast<ssize_t>(pages.size() * sizeof(uint64_t));
  const auto at = static_cast<off_t>(reinterpret_cast<uintptr_t>(mapped) / page * sizeof(uint64_t));
  const bool known =
      map >= 0 && ::pread(map, pages.data(), static_cast<size_t>(wanted), at) == wanted;
  if (map >= 0) ::close(map);
  ::munmap(mapped, bytes);
  for (uint64_t& entry : pages) entry &= (uint64_t{1} << 55) - 1;
  if (!known || std::count(pages.begin(), pages.end(), 0U) > 0) return {};
  return pages;
}

// How many of the pages of one file that were told at two times lie elsewhere the second time.
inline size_t Moved(const std::vector<uint64_t>& before, const std::vector<uint64_t>& after) {
  size_t moved = 0;
  for (size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (before[i] != after[i]) ++moved;
  }
  return moved;
}

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_PHYSICAL_PAGES_H_
