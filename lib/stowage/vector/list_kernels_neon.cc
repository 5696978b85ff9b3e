#include "stowage/vector/list_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include <algorithm>
#include <cstring>

#include "loadline/platform/cpu_features.h"
#endif

namespace stowage {

#if defined(__aarch64__)
namespace {

// Compiles a function for SDOT and UDOT whatever the library's flags are; it is called only after
// the CPU was asked for them. clang has their intrinsics there from 16 on; before, only in files
// that are compiled for them as a whole.
#if defined(__ARM_FEATURE_DOTPROD)
#define STOWAGE_LISTS_DOTPROD
#elif !defined(__clang__) || __clang_major__ >= 16
#define STOWAGE_LISTS_DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))
#endif

// The loops are the same for both sets. Only within a function that is compiled for SDOT can SDOT
// be inlined, so they must be inlined there themselves.
#define STOWAGE_LISTS_INLINE __attribute__((always_inline)) inline
// Loops over the registers of an array are unrolled by pragma: at -O2 g++ would keep it in memory.

// What the sets differ in. Lane i of a result is that of `sum` and the four bytes 4 i .. 4 i + 3,
// or their products.
struct PlainNeon {
  static uint32x4_t AddBytes(uint32x4_t sum, uint8x16_t bytes) {
    return vpadalq_u16(sum, vpaddlq_u8(bytes));
  }
  // Two products are added in 16 bits: they are at most 2 * 127 * 127 or 2 * 128 * 64, < 2^15.
  static int32x4_t AddProducts(int32x4_t sum, int8x16_t a, int8x16_t b) {
    const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
    return vpadalq_s16(sum, vpaddq_s16(low, vmull_high_s8(a, b)));
  }
};

#if defined(STOWAGE_LISTS_DOTPROD)
struct DotProductNeon {
  STOWAGE_LISTS_DOTPROD static uint32x4_t AddBytes(uint32x4_t sum, uint8x16_t bytes) {
    return vdotq_u32(sum, bytes, vdupq_n_u8(1));
  }
  STOWAGE_LISTS_DOTPROD static int32x4_t AddProducts(int32x4_t sum, int8x16_t a, int8x16_t b) {
    return vdotq_s32(sum, a, b);
  }
};
#endif

// ---- Blocks: four rows, a quarter of the block, are a register of 32-bit lanes.

constexpr size_t kQuarters = 4;

STOWAGE_LISTS_INLINE uint8x16_t LoadQuarter(const void* block, size_t line, size_t quarter) {
  return vld1q_u8(static_cast<const uint8_t*>(block) + 16 * (kQuarters * line + quarter));
}

// In each byte, in how many bits it differs from that of the query's word.
STOWAGE_LISTS_INLINE uint8x16_t CountDiffering(uint8x16_t rows, uint32_t query) {
  return vcntq_u8(veorq_u8(rows, vreinterpretq_u8_u32(vdupq_n_u32(query))));
}

STOWAGE_LISTS_INLINE void StoreCounts(const uint32x4_t (&totals)[kQuarters], int32_t* counts) {
#pragma GCC unroll 4
  for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
    vst1q_s32(counts + 4 * quarter, vreinterpretq_s32_u32(totals[quarter]));
  }
}

template <typename Neon>
STOWAGE_LISTS_INLINE void CountSigns(const uint32_t* bits, size_t words, const uint32_t* signs,
                                     int32_t* counts) {
  constexpr size_t kWordsPerByte = 31;  // of at most 8 each, in a byte
  uint32x4_t totals[kQuarters] = {};
  for (size_t begin = 0; begin < words; begin += kWordsPerByte) {
    const size_t end = std::min(words, begin + kWordsPerByte);
    uint8x16_t bytes[kQuarters] = {};
    for (size_t word = begin; word < end; ++word) {
#pragma GCC unroll 4
      for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
        bytes[quarter] =
            vaddq_u8(bytes[quarter], CountDiffering(LoadQuarter(bits, word, quarter), signs[word]));
      }
    }
#pragma GCC unroll 4
    for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
      totals[quarter] = Neon::AddBytes(totals[quarter], bytes[quarter]);
    }
  }
  StoreCounts(totals, counts);
}

// In bytes the planes of one word come to (1 + 2 + 4 + 8) * 8 = 120 at most.
template <typename Neon>
STOWAGE_LISTS_INLINE void CountPlanes(const uint32_t* bits, size_t words, const uint32_t* planes,
                                      int32_t* counts) {
  const uint8x16_t two = vdupq_n_u8(2);
  const uint8x16_t four = vdupq_n_u8(4);
  uint32x4_t totals[kQuarters] = {};
  for (size_t word = 0; word < words; ++word) {
#pragma GCC unroll 4
    for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
      const uint8x16_t rows = LoadQuarter(bits, word, quarter);
      const uint8x16_t low = vmlaq_u8(CountDiffering(rows, planes[word]),
                                      CountDiffering(rows, planes[words + word]), two);
      const uint8x16_t high = vmlaq_u8(CountDiffering(rows, planes[2 * words + word]),
                                       CountDiffering(rows, planes[3 * words + word]), two);
      totals[quarter] = Neon::AddBytes(totals[quarter], vmlaq_u8(low, high, four));
    }
  }
  StoreCounts(totals, counts);
}

STOWAGE_LISTS_INLINE int8x16_t Broadcast4(const int8_t* bytes) {
  int32_t four = 0;
  std::memcpy(&four, bytes, sizeof(four));
  return vreinterpretq_s8_s32(vdupq_n_s32(four));
}

// Codes that are stored as c + 128.
STOWAGE_LISTS_INLINE int8x16_t Signed(uint8x16_t codes) {
  return vreinterpretq_s8_u8(veorq_u8(codes, vdupq_n_u8(128)));
}

STOWAGE_LISTS_INLINE void StoreDots(const int32x4_t (&high)[kQuarters],
                                    const int32x4_t (&low)[kQuarters], ByteDot* dots) {
#pragma GCC unroll 4
  for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
    const int32x4x2_t pairs = {{high[quarter], low[quarter]}};
    vst2q_s32(&dots[4 * quarter].high, pairs);
  }
}

template <typename Neon>
STOWAGE_LISTS_INLINE void DotNibbles(const uint8_t* codes, size_t groups, const ByteQuery& query,
                                     ByteDot* dots) {
  int32x4_t high[kQuarters] = {};
  int32x4_t low[kQuarters] = {};
  for (size_t group = 0; group < groups; ++group) {
    const int8x16_t high_first = Broadcast4(query.high + 8 * group);
    const int8x16_t high_second = Broadcast4(query.high + 8 * group + 4);
    const int8x16_t low_first = Broadcast4(query.low + 8 * group);
    const int8x16_t low_second = Broadcast4(query.low + 8 * group + 4);
#pragma GCC unroll 4
    for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
      const uint8x16_t bytes = LoadQuarter(codes, group, quarter);
      const int8x16_t first = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
      const int8x16_t second = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
      high[quarter] = Neon::AddProducts(high[quarter], first, high_first);
      low[quarter] = Neon::AddProducts(low[quarter], first, low_first);
      high[quarter] = Neon::AddProducts(high[quarter], second, high_second);
      low[quarter] = Neon::AddProducts(low[quarter], second, low_second);
    }
  }
  StoreDots(high, low, dots);
}

template <typename Neon>
STOWAGE_LISTS_INLINE void DotBytes(const uint8_t* codes, size_t groups, const ByteQuery& query,
                                   ByteDot* dots) {
  int32x4_t high[kQuarters] = {};
  int32x4_t low[kQuarters] = {};
  for (size_t group = 0; group < groups; ++group) {
    const int8x16_t query_high = Broadcast4(query.high + 4 * group);
    const int8x16_t query_low = Broadcast4(query.low + 4 * group);
#pragma GCC unroll 4
    for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
      const int8x16_t rows = Signed(LoadQuarter(codes, group, quarter));
      high[quarter] = Neon::AddProducts(high[quarter], rows, query_high);
      low[quarter] = Neon::AddProducts(low[quarter], rows, query_low);
    }
  }
  StoreDots(high, low, dots);
}

// ---- Rows: four sums side by side, for a sum waits for the one before it.

constexpr size_t kSums = 4;

STOWAGE_LISTS_INLINE int32_t SumLanes(const int32x4_t (&sums)[kSums]) {
  return vaddvq_s32(vaddq_s32(vaddq_s32(sums[0], sums[1]), vaddq_s32(sums[2], sums[3])));
}

template <typename Neon>
STOWAGE_LISTS_INLINE ByteDot DotByteRow(const uint8_t* codes, size_t n, const ByteQuery& query) {
  int32x4_t high[kSums] = {};
  int32x4_t low[kSums] = {};
  for (size_t i = 0; i < n; i += 16 * kSums) {
#pragma GCC unroll 4
    for (size_t k = 0; k < kSums; ++k) {
      const size_t j = i + 16 * k;
      const int8x16_t row = Signed(vld1q_u8(codes + j));
      high[k] = Neon::AddProducts(high[k], row, vld1q_s8(query.high + j));
      low[k] = Neon::AddProducts(low[k], row, vld1q_s8(query.low + j));
    }
  }
  return {SumLanes(high), SumLanes(low)};
}

template <typename Neon>
STOWAGE_LISTS_INLINE int32_t DotByteRows(const uint8_t* a, const uint8_t* b, size_t n) {
  int32x4_t sums[kSums] = {};
  for (size_t i = 0; i < n; i += 16 * kSums) {
#pragma GCC unroll 4
    for (size_t k = 0; k < kSums; ++k) {
      const size_t j = i + 16 * k;
      sums[k] = Neon::AddProducts(sums[k], Signed(vld1q_u8(a + j)), Signed(vld1q_u8(b + j)));
    }
  }
  return SumLanes(sums);
}

uint32_t Select(const BlockTerms& block, const ListTerms& list, const float* s, float limit,
                float* lower) {
  constexpr uint32_t kFirstBits[4] = {1, 2, 4, 8};
  uint32x4_t bits = vld1q_u32(kFirstBits);
  uint32x4_t chosen = vdupq_n_u32(0);
  for (size_t row = 0; row < kBlockRows; row += 4) {
    float32x4_t score =
        vfmaq_f32(vdupq_n_f32(list.base), vdupq_n_f32(list.along), vld1q_f32(block.along + row));
    score = vfmaq_f32(score, vld1q_f32(block.factor + row), vld1q_f32(s + row));
    score = vfmsq_f32(score, vdupq_n_f32(list.error), vld1q_f32(block.error + row));
    vst1q_f32(lower + row, score);
    chosen = vorrq_u32(chosen, vandq_u32(vcleq_f32(score, vdupq_n_f32(limit)), bits));
    bits = vshlq_n_u32(bits, 4);
  }
  return vaddvq_u32(chosen);
}

constexpr ListKernels kNeonLists = {"neon",
                                    CountSigns<PlainNeon>,
                                    CountPlanes<PlainNeon>,
                                    DotNibbles<PlainNeon>,
                                    DotBytes<PlainNeon>,
                                    DotByteRow<PlainNeon>,
                                    DotByteRows<PlainNeon>,
                                    Select};

#if defined(STOWAGE_LISTS_DOTPROD)
STOWAGE_LISTS_DOTPROD void CountSignsDotProduct(const uint32_t* bits, size_t words,
                                                const uint32_t* signs, int32_t* counts) {
  CountSigns<DotProductNeon>(bits, words, signs, counts);
}

STOWAGE_LISTS_DOTPROD void CountPlanesDotProduct(const uint32_t* bits, size_t words,
                                                 const uint32_t* planes, int32_t* counts) {
  CountPlanes<DotProductNeon>(bits, words, planes, counts);
}

STOWAGE_LISTS_DOTPROD void DotNibblesDotProduct(const uint8_t* codes, size_t groups,
                                                const ByteQuery& query, ByteDot* dots) {
  DotNibbles<DotProductNeon>(codes, groups, query, dots);
}

STOWAGE_LISTS_DOTPROD void DotBytesDotProduct(const uint8_t* codes, size_t groups,
                                              const ByteQuery& query, ByteDot* dots) {
  DotBytes<DotProductNeon>(codes, groups, query, dots);
}

STOWAGE_LISTS_DOTPROD ByteDot DotByteRowDotProduct(const uint8_t* codes, size_t n,
                                                   const ByteQuery& query) {
  return DotByteRow<DotProductNeon>(codes, n, query);
}

STOWAGE_LISTS_DOTPROD int32_t DotByteRowsDotProduct(const uint8_t* a, const uint8_t* b, size_t n) {
  return DotByteRows<DotProductNeon>(a, b, n);
}

constexpr ListKernels kNeonDotProductLists = {
    "neon-dotprod",     CountSignsDotProduct, CountPlanesDotProduct, DotNibblesDotProduct,
    DotBytesDotProduct, DotByteRowDotProduct, DotByteRowsDotProduct, Select};
#endif

}  // namespace

std::vector<const ListKernels*> NeonListKernels() {
  std::vector<const ListKernels*> kernels;
#if defined(STOWAGE_LISTS_DOTPROD)
  if (loadline::platform::CpuHasDotProduct()) kernels.push_back(&kNeonDotProductLists);
#endif
  kernels.push_back(&kNeonLists);
  return kernels;
}
#else
std::vector<const ListKernels*> NeonListKernels() { return {}; }
#endif

}  // namespace stowage
