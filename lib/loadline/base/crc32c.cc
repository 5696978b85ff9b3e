#include "loadline/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace loadline {
namespace {

constexpr uint32_t kReflectedPolynomial = 0x82F63B78;  // 0x1EDC6F41 with its bits turned round
constexpr size_t kSlices = 8;
using Tables = std::array<std::array<uint32_t, 256>, kSlices>;

// tables[k][b]: the CRC of byte b followed by k zero bytes, so that eight bytes take eight
// independent look-ups (slicing-by-8).
constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? kReflectedPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < kSlices; ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t previous = tables[k - 1][byte];
      tables[k][byte] = (previous >> 8) ^ tables[0][previous & 0xFF];
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

uint32_t AddBytes(uint32_t state, const uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    state = (state >> 8) ^ kTables[0][(state ^ bytes[i]) & 0xFF];
  }
  return state;
}

#if defined(__x86_64__)
#define LOADLINE_CRC32C_INSTRUCTION 1

bool HasInstruction() { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) uint32_t AddWithInstruction(uint32_t state, const uint8_t* bytes,
                                                              size_t size) {
  uint64_t wide = state;
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t chunk;
    std::memcpy(&chunk, bytes, 8);
    wide = _mm_crc32_u64(wide, chunk);
  }
  return AddBytes(static_cast<uint32_t>(wide), bytes, size);
}

#elif defined(__ARM_FEATURE_CRC32)  // always on Apple silicon
#define LOADLINE_CRC32C_INSTRUCTION 1

bool HasInstruction() { return true; }

uint32_t AddWithInstruction(uint32_t state, const uint8_t* bytes, size_t size) {
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t chunk;
    std::memcpy(&chunk, bytes, 8);
    state = __crc32cd(state, chunk);
  }
  return AddBytes(state, bytes, size);
}

#endif

}  // namespace

uint32_t Crc32cPortable(uint32_t crc, const void* data, size_t size) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  uint32_t state = ~crc;
  for (; size >= kSlices; bytes += kSlices, size -= kSlices) {
    uint32_t next = 0;
    for (size_t i = 0; i < kSlices; ++i) {
      const uint32_t mixed = i < 4 ? (state >> (8 * i)) & 0xFF : 0;
      next ^= kTables[kSlices - 1 - i][bytes[i] ^ mixed];
    }
    state = next;
  }
  return ~AddBytes(state, bytes, size);
}

uint32_t Crc32c(uint32_t crc, const void* data, size_t size) {
#ifdef LOADLINE_CRC32C_INSTRUCTION
  static const bool has_instruction = HasInstruction();
  if (has_instruction) return ~AddWithInstruction(~crc, static_cast<const uint8_t*>(data), size);
#endif
  return Crc32cPortable(crc, data, size);
}

}  // namespace loadline
