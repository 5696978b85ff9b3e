#ifndef TESTS_BENCHMARKS_WORKLOAD_SOURCE_TREE_WRITER_H_
#define TESTS_BENCHMARKS_WORKLOAD_SOURCE_TREE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmarks/workload/random.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {

// Lines of C++ with names of their own for each seed.
inline std::string MakeSourceText(size_t lines, uint64_t seed) {
  constexpr const char* kWords[] = {"Buffer", "Reader", "Packet",  "Window", "Socket", "Parser",
                                    "Matrix", "Vertex", "Session", "Lookup", "Render", "Journal"};
  Random random(seed);
  const auto word = [&] { return kWords[random.Below(std::size(kWords))]; };
  std::string text;
  for (size_t i = 0; i < lines; ++i) {
    absl::StrAppend(&text, "int ", word(), word(), random.Below(1000), "(", word(), "* value) { ",
                    "return value->", word(), random.Below(50), "(", i, "); }\n");
  }
  return text;
}

// A tree of `projects` folders with `files` headers of `lines` lines each.
inline void WriteSourceTree(const testing::TempDir& dir, size_t projects, size_t files,
                            size_t lines) {
  for (size_t p = 0; p < projects; ++p) {
    for (size_t f = 0; f < files; ++f) {
      dir.WriteFile(absl::StrCat("project", p, "/file", f, ".h"),
                    MakeSourceText(lines, p * 1000 + f));
    }
  }
}

}  // namespace loadline::workload

#endif  // TESTS_BENCHMARKS_WORKLOAD_SOURCE_TREE_WRITER_H_
