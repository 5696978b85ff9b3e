#ifndef BENCHMARKS_PEERS_IDX_IMAGES_H_
#define BENCHMARKS_PEERS_IDX_IMAGES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace loadline::bench {

struct Images {
  size_t pixels = 0;          // of one
  std::vector<float> values;  // images x pixels, 0..255
};

// The first images, at most `count`, of a file in the IDX format of the MNIST database: big-endian
// 0x00000803, number of images, rows, columns, then a byte a pixel. kInvalidArgument, naming the
// file: it is none, is cut short, or has images of more than 65,535 pixels; kNotFound.
absl::StatusOr<Images> ReadImages(const std::string& path, size_t count);

}  // namespace loadline::bench

#endif  // BENCHMARKS_PEERS_IDX_IMAGES_H_
