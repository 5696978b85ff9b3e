#include "loadline/platform/page_cache.h"

#include <fstream>
#include <vector>

namespace loadline::platform {

void CachePages(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(size_t{256} << 10);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size()))) {
  }
}

}  // namespace loadline::platform
