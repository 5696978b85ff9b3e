#ifndef TESTS_FUZZ_BYTE_SOURCE_H_
#define TESTS_FUZZ_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace loadline::fuzz {

// A fuzzer's input as a list of choices, taken from the front; zeros once it is used up. Keeps a
// pointer into the input.
class ByteSource {
 public:
  ByteSource(const uint8_t* data, size_t size) : next_(data), left_(size) {}

  bool empty() const { return left_ == 0; }

  template <typename T>
  T Take() {
    T value = 0;
    const size_t size = left_ < sizeof value ? left_ : sizeof value;
    std::memcpy(&value, next_, size);
    next_ += size;
    left_ -= size;
    return value;
  }

  // One of 0 .. count - 1. REQUIRES: count is 1 to 256.
  size_t Choose(size_t count) { return Take<uint8_t>() % count; }

  template <typename T, size_t kCount>
  const T& Choose(const T (&from)[kCount]) {
    return from[Choose(kCount)];
  }

  std::string Bytes(size_t count) {
    std::string bytes;
    while (count-- > 0 && !empty()) bytes.push_back(static_cast<char>(Take<uint8_t>()));
    return bytes;
  }

 private:
  const uint8_t* next_;
  size_t left_;
};

}  // namespace loadline::fuzz

#endif  // TESTS_FUZZ_BYTE_SOURCE_H_
