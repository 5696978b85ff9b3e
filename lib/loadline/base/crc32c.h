#ifndef LOADLINE_BASE_CRC32C_H_
#define LOADLINE_BASE_CRC32C_H_

#include <cstddef>
#include <cstdint>

namespace loadline {

// CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected; RFC 3720 appendix B.4) of `size` bytes
// after data whose CRC is `crc`: Crc32c(Crc32c(0, a), b) == Crc32c(0, a + b).
// Uses the CPU's instruction where there is one, a table otherwise; both give the same value.
uint32_t Crc32c(uint32_t crc, const void* data, size_t size);

// The table version, always. For tests that hold the two against each other.
uint32_t Crc32cPortable(uint32_t crc, const void* data, size_t size);

}  // namespace loadline

#endif  // LOADLINE_BASE_CRC32C_H_
