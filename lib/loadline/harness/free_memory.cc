#include "loadline/harness/free_memory.h"

#include <dlfcn.h>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#include <malloc.h>
#endif

#include "absl/strings/str_cat.h"

namespace loadline::harness {
namespace {

// Looked up at run time: whether mimalloc is there is the program's choice, or LD_PRELOAD's.
template <typename Function>
Function* FindFunction(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

std::string AllocatorName() {
  if (const auto version = FindFunction<int()>("mi_version"); version != nullptr) {
    // 209 is 2.0.9 up to 2.x; three digits of its own scheme: major, minor, patch.
    const int number = version();
    return absl::StrCat("mimalloc ", number / 100, ".", number / 10 % 10, ".", number % 10);
  }
#if defined(__GLIBC__)
  return absl::StrCat("glibc ", gnu_get_libc_version());
#else
  return "system";
#endif
}

void ReturnFreeMemory() {
  if (const auto collect = FindFunction<void(bool)>("mi_collect"); collect != nullptr) {
    collect(/*force=*/true);
  }
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

}  // namespace loadline::harness
