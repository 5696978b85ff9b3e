// Compiled as a part of every program that links loadline::bench_main, with that program's compiler
// and flags, and so the only place that can tell them. Without CMake: compile it, with the flags of
// the rest, and link its object; what only CMake knows stays unknown.

#include "loadline/harness/program_build.h"

#if __has_include("loadline/harness/program_build_values.h")
#include "loadline/harness/program_build_values.h"
#else
#define LOADLINE_PROGRAM_COMMIT "unknown"
#define LOADLINE_PROGRAM_DIRTY "unknown"
#define LOADLINE_PROGRAM_BUILD_TYPE "unknown"
#define LOADLINE_PROGRAM_COMPILER __VERSION__
#define LOADLINE_PROGRAM_FLAGS "unknown"
#endif
// The options of the program's target alone, which CMake gives as a definition.
#if !defined(LOADLINE_PROGRAM_OPTIONS)
#define LOADLINE_PROGRAM_OPTIONS ""
#endif
#if defined(__has_feature)
#define LOADLINE_HAS_FEATURE(x) __has_feature(x)
#else
#define LOADLINE_HAS_FEATURE(x) 0
#endif

namespace loadline::harness {
namespace {

// In a unity build these stand among the program's own names.
constexpr ProgramBuild kThisProgramsBuild = {
    .commit = LOADLINE_PROGRAM_COMMIT,
    .dirty = LOADLINE_PROGRAM_DIRTY,
    .type = LOADLINE_PROGRAM_BUILD_TYPE,
    .compiler = LOADLINE_PROGRAM_COMPILER,
    .flags = LOADLINE_PROGRAM_FLAGS " " LOADLINE_PROGRAM_OPTIONS,
#if defined(__OPTIMIZE__)
    .optimized = "true",
#else
    .optimized = "false",
#endif
#if defined(NDEBUG)
    .assertions = "false",
#else
    .assertions = "true",
#endif
#if defined(__SANITIZE_ADDRESS__) || LOADLINE_HAS_FEATURE(address_sanitizer)
    .sanitizer = "address",
#elif defined(__SANITIZE_THREAD__) || LOADLINE_HAS_FEATURE(thread_sanitizer)
    .sanitizer = "thread",
#elif LOADLINE_HAS_FEATURE(memory_sanitizer)
    .sanitizer = "memory",
#else
    .sanitizer = "none",
#endif
};

[[maybe_unused]] const bool this_programs_build_is_registered =
    RegisterProgramBuild(kThisProgramsBuild);

}  // namespace
}  // namespace loadline::harness

#undef LOADLINE_HAS_FEATURE
