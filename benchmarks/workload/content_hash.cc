#include "benchmarks/workload/content_hash.h"

#include <cstddef>
#include <cstring>

#include "absl/strings/str_format.h"
#include "benchmarks/workload/random.h"

namespace loadline::workload {

uint64_t HashBytes(absl::string_view bytes, uint64_t seed) {
  constexpr uint64_t kStep = 0x9E3779B97F4A7C15u;
  uint64_t hash = MixBits(seed + kStep * (bytes.size() + 1));
  const char* next = bytes.data();
  size_t left = bytes.size();
  for (; left >= sizeof(uint64_t); left -= sizeof(uint64_t), next += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, next, sizeof(word));
    hash = MixBits((hash ^ word) + kStep);
  }
  if (left > 0) {
    uint64_t word = 0;
    std::memcpy(&word, next, left);
    hash = MixBits((hash ^ word) + kStep);
  }
  return hash;
}

std::string ContentKey::ToHex() const { return absl::StrFormat("%016x%016x", high, low); }

ContentHasher& ContentHasher::Add(absl::string_view field) {
  key_.high = HashBytes(field, key_.high);
  key_.low = HashBytes(field, ~key_.low);
  return *this;
}

ContentHasher& ContentHasher::Add(uint64_t field) {
  char bytes[sizeof(field)];
  std::memcpy(bytes, &field, sizeof(field));
  return Add(absl::string_view(bytes, sizeof(bytes)));
}

}  // namespace loadline::workload
