// A program with an index of its own from hnswlib, beside the workspace directory named by the only
// argument: hnswlib's headers define functions, and the library has a copy of them.
#include <hnswlib/hnswlib.h>

#include <cstddef>
#include <iostream>
#include <vector>

#include "stowage/workspace/workspace.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: uses_hnswlib DIRECTORY\n";
    return 2;
  }
  hnswlib::L2Space space(16);
  hnswlib::HierarchicalNSW<float> index(&space, 50);
  std::vector<float> point(16);
  for (std::size_t i = 0; i < 50; ++i) {
    point[i % 16] += 1;
    index.addPoint(point.data(), i);
  }
  if (index.searchKnn(point.data(), 1).top().second != 49) {
    std::cerr << "hnswlib did not find the last point\n";
    return 1;
  }
  const auto workspace = stowage::Workspace::Open(argv[1]);
  if (!workspace.ok()) {
    std::cerr << workspace.status() << "\n";
    return 1;
  }
  return 0;
}
