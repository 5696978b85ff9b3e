#ifndef LOADLINE_HARNESS_PROGRAM_BUILD_H_
#define LOADLINE_HARNESS_PROGRAM_BUILD_H_

namespace loadline::harness {

inline constexpr char kUnknown[] = "unknown";

// How a program was built, as its result file says it (docs/formats.md, "Context"). All of it text,
// kUnknown where nobody knows.
struct ProgramBuild {
  const char* commit = kUnknown;      // of the program's checkout, not Loadline's
  const char* dirty = kUnknown;       // "true": the checkout has changes; "false"
  const char* type = kUnknown;        // "Release"
  const char* compiler = kUnknown;    // "GNU 12.2.0"
  const char* flags = kUnknown;       // "-O3 -DNDEBUG"; space at the ends is nothing
  const char* optimized = kUnknown;   // "true", "false"
  const char* assertions = kUnknown;  // "true", "false"
  const char* sanitizer = kUnknown;   // "none", "address", "thread", "memory"
};

// Says how this program was built. Called before main() by register_program_build.cc, which CMake
// compiles as a part of every program that links loadline::bench_main: with that program's flags,
// which are not those that Loadline's own libraries were built with. The first of several calls
// counts. `build` must live as long as the process. Always true.
bool RegisterProgramBuild(const ProgramBuild& build);

// What was registered; all of it unknown in a program that has no register_program_build.cc.
const ProgramBuild& RegisteredProgramBuild();

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_PROGRAM_BUILD_H_
