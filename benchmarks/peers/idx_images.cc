#include "benchmarks/peers/idx_images.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace loadline::bench {
namespace {

constexpr uint32_t kImagesOfBytes = 0x803;
constexpr uint32_t kMostSide = 65'535;

uint32_t ReadNumber(std::istream& in) {
  std::array<unsigned char, 4> bytes{};
  in.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
  uint32_t number = 0;
  for (const unsigned char byte : bytes) number = number << 8 | byte;
  return number;
}

}  // namespace

absl::StatusOr<Images> ReadImages(const std::string& path, size_t count) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const uint32_t magic = ReadNumber(in);
  const uint32_t images = ReadNumber(in);
  const uint64_t rows = ReadNumber(in);
  const uint64_t columns = ReadNumber(in);
  const bool sizes_fit = rows >= 1 && columns >= 1 && rows <= kMostSide && columns <= kMostSide &&
                         rows * columns <= kMostSide;
  if (!in || magic != kImagesOfBytes || !sizes_fit) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no IDX file of images"));
  }
  Images read{.pixels = static_cast<size_t>(rows * columns)};
  std::vector<char> image(read.pixels);
  for (size_t i = 0; i < std::min<size_t>(count, images); ++i) {
    if (!in.read(image.data(), static_cast<std::streamsize>(image.size()))) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, " ends within image ", i, " of ", images));
    }
    for (const char pixel : image) read.values.push_back(static_cast<unsigned char>(pixel));
  }
  return read;
}

}  // namespace loadline::bench
