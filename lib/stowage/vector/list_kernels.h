#ifndef STOWAGE_VECTOR_LIST_KERNELS_H_
#define STOWAGE_VECTOR_LIST_KERNELS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stowage {

// Rows of a list whose codes lie side by side and are scored together.
inline constexpr size_t kBlockRows = 16;

// A query's components as 14-bit whole numbers: component j ~ step * (128 * high[j] + low[j]) with
// high and low in [-64, 64], so that no product of two bytes and their neighbours' leaves 16 bits.
// Both arrays are padded with zeros to whatever the kernel's codes are padded to.
struct ByteQuery {
  const int8_t* high = nullptr;
  const int8_t* low = nullptr;
  int32_t high_sum = 0;
  int32_t low_sum = 0;
};

// The sums of code times each half of a ByteQuery.
struct ByteDot {
  int32_t high = 0;
  int32_t low = 0;
};

// How the rows of a block score: base + along * along[i] + factor[i] * s[i], less or more at most
// error * error[i] (see residual_code.h). The arrays are those of the block.
struct BlockTerms {
  const float* factor = nullptr;  // kBlockRows of each
  const float* along = nullptr;
  const float* error = nullptr;
};
struct ListTerms {
  float base = 0;
  float along = 0;
  float error = 0;
};

// One implementation of the inner loops of a search in lists. Pure functions; thread-safe. Pointers
// to codes need the alignment of uint32_t only, those of a ByteQuery none. Whole numbers are exact
// for up to 65,536 components.
struct ListKernels {
  const char* name;  // "avx512", "avx512vnni", "avx2", "neon-dotprod", "neon", "scalar"

  // In a block of one-bit codes `bits`, word w of row i is at [w * kBlockRows + i]. counts[i]: in
  // how many places the row's `words` words differ from `signs`.
  void (*count_signs)(const uint32_t* bits, size_t words, const uint32_t* signs, int32_t* counts);
  // counts[i] = sum over b < 4 of 2^b times the places that differ from planes[b * words...].
  void (*count_planes)(const uint32_t* bits, size_t words, const uint32_t* planes, int32_t* counts);

  // In a block of four-bit codes, bytes 4 g .. 4 g + 3 of row i are at [(g * kBlockRows + i) * 4];
  // their low halves are components 8 g .. 8 g + 3, their high halves the next four. For
  // g < groups, codes in 0..15; the query is padded to 8 * groups.
  void (*dot_nibbles)(const uint8_t* codes, size_t groups, const ByteQuery& query, ByteDot* dots);
  // In a block of eight-bit codes, components 4 g .. 4 g + 3 of row i are at the same place; a code
  // c in -127..127 is stored as c + 128. The query is padded to 4 * groups.
  void (*dot_bytes)(const uint8_t* codes, size_t groups, const ByteQuery& query, ByteDot* dots);
  // One row of n bytes as above, one after the other; n is a multiple of 64.
  ByteDot (*dot_byte_row)(const uint8_t* codes, size_t n, const ByteQuery& query);

  // The dot product of two such rows.
  int32_t (*dot_byte_rows)(const uint8_t* a, const uint8_t* b, size_t n);

  // lower[i] = the least that row i can score; bit i of the result: lower[i] <= limit.
  uint32_t (*select)(const BlockTerms& block, const ListTerms& list, const float* s, float limit,
                     float* lower);
};

// The fastest this CPU can run, chosen once.
const ListKernels& ActiveListKernels();
// All that this CPU can run, the plain C++ ones ("scalar") last; for tests.
const std::vector<const ListKernels*>& SupportedListKernels();

// Of each instruction set; empty when the library is compiled for another architecture.
std::vector<const ListKernels*> X86ListKernels();
std::vector<const ListKernels*> NeonListKernels();

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LIST_KERNELS_H_
