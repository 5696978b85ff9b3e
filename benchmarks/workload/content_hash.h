#ifndef BENCHMARKS_WORKLOAD_CONTENT_HASH_H_
#define BENCHMARKS_WORKLOAD_CONTENT_HASH_H_

#include <compare>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace loadline::workload {

// 64 bits that depend on every byte, on the length and on the seed; the same on every little-endian
// machine.
// Not cryptographic: it tells inputs apart, it does not resist somebody who forges them.
uint64_t HashBytes(absl::string_view bytes, uint64_t seed = 0);

// 128 bits that stand for the whole of an input. At a million different inputs the chance that any
// two agree is below 1e-26.
struct ContentKey {
  uint64_t high = 0;
  uint64_t low = 0;

  // 32 lower-case hexadecimal digits.
  std::string ToHex() const;
  friend auto operator<=>(const ContentKey&, const ContentKey&) = default;
};

// Folds fields into a ContentKey. Fields keep their borders: ("ab", "c") and ("a", "bc") differ.
class ContentHasher {
 public:
  ContentHasher& Add(absl::string_view field);
  ContentHasher& Add(uint64_t field);
  ContentKey key() const { return key_; }

 private:
  ContentKey key_{0x6C6F61646C696E65u, 0x776F726B6C6F6164u};
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_CONTENT_HASH_H_
