#include "stowage/vector/list_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stowage {

#if defined(__x86_64__)
namespace {

#define STOWAGE_LISTS_AVX2 __attribute__((target("avx2,fma")))
#define STOWAGE_LISTS_VNNI __attribute__((target("avx2,fma,avx512f,avx512bw,avx512vl,avx512vnni")))
#define STOWAGE_LISTS_POPCNT __attribute__((target("avx2,fma,avx512f,avx512bw,avx512vpopcntdq")))

// ---- AVX2: eight rows at a time.

STOWAGE_LISTS_AVX2 inline __m256i LoadHalfBlock(const void* block, size_t line, size_t half) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(block) + 2 * line + half);
}

// The bits set in each byte, by a table of the bits of four.
STOWAGE_LISTS_AVX2 inline __m256i CountBytes(__m256i v) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i four = _mm256_set1_epi8(15);
  const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, four));
  const __m256i high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), four));
  return _mm256_add_epi8(low, high);
}

// Sums of the four bytes of each 32-bit lane.
STOWAGE_LISTS_AVX2 inline __m256i SumBytes(__m256i bytes) {
  const __m256i pairs = _mm256_maddubs_epi16(bytes, _mm256_set1_epi8(1));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

STOWAGE_LISTS_AVX2 void CountSignsAvx2(const uint32_t* bits, size_t words, const uint32_t* signs,
                                       int32_t* counts) {
  constexpr size_t kWordsPerByte = 31;  // of at most 8 each, in a byte
  for (size_t half = 0; half < 2; ++half) {
    __m256i total = _mm256_setzero_si256();
    for (size_t begin = 0; begin < words; begin += kWordsPerByte) {
      const size_t end = begin + kWordsPerByte < words ? begin + kWordsPerByte : words;
      __m256i bytes = _mm256_setzero_si256();
      for (size_t word = begin; word < end; ++word) {
        const __m256i sign = _mm256_set1_epi32(static_cast<int>(signs[word]));
        const __m256i differ = _mm256_xor_si256(LoadHalfBlock(bits, word, half), sign);
        bytes = _mm256_add_epi8(bytes, CountBytes(differ));
      }
      total = _mm256_add_epi32(total, SumBytes(bytes));
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(counts) + half, total);
  }
}

STOWAGE_LISTS_AVX2 void CountPlanesAvx2(const uint32_t* bits, size_t words, const uint32_t* planes,
                                        int32_t* counts) {
  int32_t of_plane[kBlockRows];
  CountSignsAvx2(bits, words, planes, counts);
  for (int plane = 1; plane < 4; ++plane) {
    CountSignsAvx2(bits, words, planes + static_cast<size_t>(plane) * words, of_plane);
    for (size_t row = 0; row < kBlockRows; ++row) counts[row] += of_plane[row] << plane;
  }
}

STOWAGE_LISTS_AVX2 inline __m256i Broadcast4(const int8_t* bytes) {
  int four = 0;
  __builtin_memcpy(&four, bytes, sizeof(four));
  return _mm256_set1_epi32(four);
}

// Products of unsigned bytes with bytes in [-64, 64]: two of them are at most 2 * 255 * 64 < 2^15.
STOWAGE_LISTS_AVX2 inline __m256i MultiplyAdd(__m256i sum, __m256i codes, __m256i query) {
  const __m256i pairs = _mm256_maddubs_epi16(codes, query);
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

STOWAGE_LISTS_AVX2 inline void StoreDots(__m256i high, __m256i low, size_t half, ByteDot* dots) {
  alignas(32) int32_t highs[8];
  alignas(32) int32_t lows[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(highs), high);
  _mm256_store_si256(reinterpret_cast<__m256i*>(lows), low);
  for (size_t row = 0; row < 8; ++row) dots[8 * half + row] = {highs[row], lows[row]};
}

STOWAGE_LISTS_AVX2 void DotNibblesAvx2(const uint8_t* codes, size_t groups, const ByteQuery& query,
                                       ByteDot* dots) {
  const __m256i four = _mm256_set1_epi8(15);
  for (size_t half = 0; half < 2; ++half) {
    __m256i high = _mm256_setzero_si256();
    __m256i low = high;
    for (size_t group = 0; group < groups; ++group) {
      const __m256i bytes = LoadHalfBlock(codes, group, half);
      const __m256i first = _mm256_and_si256(bytes, four);
      const __m256i second = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), four);
      high = MultiplyAdd(high, first, Broadcast4(query.high + 8 * group));
      high = MultiplyAdd(high, second, Broadcast4(query.high + 8 * group + 4));
      low = MultiplyAdd(low, first, Broadcast4(query.low + 8 * group));
      low = MultiplyAdd(low, second, Broadcast4(query.low + 8 * group + 4));
    }
    StoreDots(high, low, half, dots);
  }
}

STOWAGE_LISTS_AVX2 void DotBytesAvx2(const uint8_t* codes, size_t groups, const ByteQuery& query,
                                     ByteDot* dots) {
  for (size_t half = 0; half < 2; ++half) {
    __m256i high = _mm256_set1_epi32(-128 * query.high_sum);
    __m256i low = _mm256_set1_epi32(-128 * query.low_sum);
    for (size_t group = 0; group < groups; ++group) {
      const __m256i bytes = LoadHalfBlock(codes, group, half);
      high = MultiplyAdd(high, bytes, Broadcast4(query.high + 4 * group));
      low = MultiplyAdd(low, bytes, Broadcast4(query.low + 4 * group));
    }
    StoreDots(high, low, half, dots);
  }
}

STOWAGE_LISTS_AVX2 inline int32_t SumLanes(__m256i v) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(1, 0, 3, 2)));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(2, 3, 0, 1)));
  return _mm_cvtsi128_si32(sum);
}

STOWAGE_LISTS_AVX2 inline __m256i Load32(const void* bytes) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(bytes));
}

STOWAGE_LISTS_AVX2 ByteDot DotByteRowAvx2(const uint8_t* codes, size_t n, const ByteQuery& query) {
  __m256i high0 = _mm256_setzero_si256();
  __m256i high1 = high0;
  __m256i low0 = high0;
  __m256i low1 = high0;
  for (size_t i = 0; i < n; i += 64) {
    const __m256i first = Load32(codes + i);
    const __m256i second = Load32(codes + i + 32);
    high0 = MultiplyAdd(high0, first, Load32(query.high + i));
    high1 = MultiplyAdd(high1, second, Load32(query.high + i + 32));
    low0 = MultiplyAdd(low0, first, Load32(query.low + i));
    low1 = MultiplyAdd(low1, second, Load32(query.low + i + 32));
  }
  return {SumLanes(_mm256_add_epi32(high0, high1)) - 128 * query.high_sum,
          SumLanes(_mm256_add_epi32(low0, low1)) - 128 * query.low_sum};
}

STOWAGE_LISTS_AVX2 inline __m256i Widen16(const uint8_t* codes) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
  return _mm256_cvtepi8_epi16(_mm_xor_si128(bytes, _mm_set1_epi8(-128)));
}

STOWAGE_LISTS_AVX2 int32_t DotByteRowsAvx2(const uint8_t* a, const uint8_t* b, size_t n) {
  __m256i even = _mm256_setzero_si256();
  __m256i odd = even;
  for (size_t i = 0; i < n; i += 32) {
    even = _mm256_add_epi32(even, _mm256_madd_epi16(Widen16(a + i), Widen16(b + i)));
    odd = _mm256_add_epi32(odd, _mm256_madd_epi16(Widen16(a + i + 16), Widen16(b + i + 16)));
  }
  return SumLanes(_mm256_add_epi32(even, odd));
}

STOWAGE_LISTS_AVX2 uint32_t SelectAvx2(const BlockTerms& block, const ListTerms& list,
                                       const float* s, float limit, float* lower) {
  uint32_t chosen = 0;
  for (size_t row = 0; row < kBlockRows; row += 8) {
    __m256 score = _mm256_fmadd_ps(_mm256_set1_ps(list.along), _mm256_loadu_ps(block.along + row),
                                   _mm256_set1_ps(list.base));
    score = _mm256_fmadd_ps(_mm256_loadu_ps(block.factor + row), _mm256_loadu_ps(s + row), score);
    score = _mm256_fnmadd_ps(_mm256_set1_ps(list.error), _mm256_loadu_ps(block.error + row), score);
    _mm256_storeu_ps(lower + row, score);
    const __m256 within = _mm256_cmp_ps(score, _mm256_set1_ps(limit), _CMP_LE_OQ);
    chosen |= static_cast<uint32_t>(_mm256_movemask_ps(within)) << row;
  }
  return chosen;
}

// ---- AVX-512: all sixteen rows.

STOWAGE_LISTS_POPCNT inline __m512i CountDiffering(const uint32_t* bits, size_t word,
                                                   uint32_t query) {
  const __m512i rows = _mm512_loadu_si512(bits + word * kBlockRows);
  return _mm512_popcnt_epi32(_mm512_xor_si512(rows, _mm512_set1_epi32(static_cast<int>(query))));
}

STOWAGE_LISTS_POPCNT void CountSignsPopcnt(const uint32_t* bits, size_t words,
                                           const uint32_t* signs, int32_t* counts) {
  __m512i even = _mm512_setzero_si512();
  __m512i odd = even;
  size_t word = 0;
  for (; word + 2 <= words; word += 2) {
    even = _mm512_add_epi32(even, CountDiffering(bits, word, signs[word]));
    odd = _mm512_add_epi32(odd, CountDiffering(bits, word + 1, signs[word + 1]));
  }
  if (word < words) even = _mm512_add_epi32(even, CountDiffering(bits, word, signs[word]));
  _mm512_storeu_si512(counts, _mm512_add_epi32(even, odd));
}

STOWAGE_LISTS_POPCNT void CountPlanesPopcnt(const uint32_t* bits, size_t words,
                                            const uint32_t* planes, int32_t* counts) {
  __m512i sum0 = _mm512_setzero_si512();
  __m512i sum1 = sum0;
  __m512i sum2 = sum0;
  __m512i sum3 = sum0;
  for (size_t word = 0; word < words; ++word) {
    sum0 = _mm512_add_epi32(sum0, CountDiffering(bits, word, planes[word]));
    sum1 = _mm512_add_epi32(sum1, CountDiffering(bits, word, planes[words + word]));
    sum2 = _mm512_add_epi32(sum2, CountDiffering(bits, word, planes[2 * words + word]));
    sum3 = _mm512_add_epi32(sum3, CountDiffering(bits, word, planes[3 * words + word]));
  }
  const __m512i low = _mm512_add_epi32(sum0, _mm512_add_epi32(sum1, sum1));
  const __m512i high = _mm512_add_epi32(sum2, _mm512_add_epi32(sum3, sum3));
  const __m512i doubled = _mm512_add_epi32(high, high);
  _mm512_storeu_si512(counts, _mm512_add_epi32(low, _mm512_add_epi32(doubled, doubled)));
}

STOWAGE_LISTS_VNNI inline __m512i Broadcast4Wide(const int8_t* bytes) {
  int four = 0;
  __builtin_memcpy(&four, bytes, sizeof(four));
  return _mm512_set1_epi32(four);
}

// Pairs of (high, low) from two registers of sixteen, in the order of ByteDot.
STOWAGE_LISTS_VNNI inline void StoreDotsWide(__m512i high, __m512i low, ByteDot* dots) {
  const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const __m512i second = _mm512_add_epi32(first, _mm512_set1_epi32(8));
  _mm512_storeu_si512(dots, _mm512_permutex2var_epi32(high, first, low));
  _mm512_storeu_si512(dots + 8, _mm512_permutex2var_epi32(high, second, low));
}

STOWAGE_LISTS_VNNI void DotNibblesVnni(const uint8_t* codes, size_t groups, const ByteQuery& query,
                                       ByteDot* dots) {
  const __m512i four = _mm512_set1_epi8(15);
  __m512i high = _mm512_setzero_si512();
  __m512i low = high;
  for (size_t group = 0; group < groups; ++group) {
    const __m512i bytes = _mm512_loadu_si512(codes + group * kBlockRows * 4);
    const __m512i first = _mm512_and_si512(bytes, four);
    const __m512i second = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), four);
    high = _mm512_dpbusd_epi32(high, first, Broadcast4Wide(query.high + 8 * group));
    high = _mm512_dpbusd_epi32(high, second, Broadcast4Wide(query.high + 8 * group + 4));
    low = _mm512_dpbusd_epi32(low, first, Broadcast4Wide(query.low + 8 * group));
    low = _mm512_dpbusd_epi32(low, second, Broadcast4Wide(query.low + 8 * group + 4));
  }
  StoreDotsWide(high, low, dots);
}

STOWAGE_LISTS_VNNI void DotBytesVnni(const uint8_t* codes, size_t groups, const ByteQuery& query,
                                     ByteDot* dots) {
  __m512i high = _mm512_set1_epi32(-128 * query.high_sum);
  __m512i low = _mm512_set1_epi32(-128 * query.low_sum);
  for (size_t group = 0; group < groups; ++group) {
    const __m512i bytes = _mm512_loadu_si512(codes + group * kBlockRows * 4);
    high = _mm512_dpbusd_epi32(high, bytes, Broadcast4Wide(query.high + 4 * group));
    low = _mm512_dpbusd_epi32(low, bytes, Broadcast4Wide(query.low + 4 * group));
  }
  StoreDotsWide(high, low, dots);
}

STOWAGE_LISTS_VNNI inline int32_t SumLanesWide(__m512i v) {
  // By masked extraction: g++ 12 warns of its own header in the plain one.
  return SumLanes(_mm256_add_epi32(_mm512_maskz_extracti64x4_epi64(0xFF, v, 0),
                                   _mm512_maskz_extracti64x4_epi64(0xFF, v, 1)));
}

STOWAGE_LISTS_VNNI ByteDot DotByteRowVnni(const uint8_t* codes, size_t n, const ByteQuery& query) {
  __m512i high = _mm512_setzero_si512();
  __m512i low = high;
  for (size_t i = 0; i < n; i += 64) {
    const __m512i bytes = _mm512_loadu_si512(codes + i);
    high = _mm512_dpbusd_epi32(high, bytes, _mm512_loadu_si512(query.high + i));
    low = _mm512_dpbusd_epi32(low, bytes, _mm512_loadu_si512(query.low + i));
  }
  return {SumLanesWide(high) - 128 * query.high_sum, SumLanesWide(low) - 128 * query.low_sum};
}

// sum (a - 128) b' for b' = b - 128, as a signed byte: sum a b' - 128 sum b'.
STOWAGE_LISTS_VNNI int32_t DotByteRowsVnni(const uint8_t* a, const uint8_t* b, size_t n) {
  const __m512i bias = _mm512_set1_epi8(-128);
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i dot = _mm512_setzero_si512();
  __m512i sum = dot;
  for (size_t i = 0; i < n; i += 64) {
    const __m512i other = _mm512_xor_si512(_mm512_loadu_si512(b + i), bias);
    dot = _mm512_dpbusd_epi32(dot, _mm512_loadu_si512(a + i), other);
    sum = _mm512_dpbusd_epi32(sum, ones, other);
  }
  return SumLanesWide(dot) - 128 * SumLanesWide(sum);
}

STOWAGE_LISTS_VNNI uint32_t SelectWide(const BlockTerms& block, const ListTerms& list,
                                       const float* s, float limit, float* lower) {
  __m512 score = _mm512_fmadd_ps(_mm512_set1_ps(list.along), _mm512_loadu_ps(block.along),
                                 _mm512_set1_ps(list.base));
  score = _mm512_fmadd_ps(_mm512_loadu_ps(block.factor), _mm512_loadu_ps(s), score);
  score = _mm512_fnmadd_ps(_mm512_set1_ps(list.error), _mm512_loadu_ps(block.error), score);
  _mm512_storeu_ps(lower, score);
  return _mm512_cmp_ps_mask(score, _mm512_set1_ps(limit), _CMP_LE_OQ);
}

constexpr ListKernels kAvx2Lists = {"avx2",       CountSignsAvx2, CountPlanesAvx2, DotNibblesAvx2,
                                    DotBytesAvx2, DotByteRowAvx2, DotByteRowsAvx2, SelectAvx2};
constexpr ListKernels kAvx512Vnni = {"avx512vnni", CountSignsAvx2, CountPlanesAvx2, DotNibblesVnni,
                                     DotBytesVnni, DotByteRowVnni, DotByteRowsVnni, SelectWide};
constexpr ListKernels kAvx512Lists = {"avx512",        CountSignsPopcnt, CountPlanesPopcnt,
                                      DotNibblesVnni,  DotBytesVnni,     DotByteRowVnni,
                                      DotByteRowsVnni, SelectWide};

bool HasVnni() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

}  // namespace

std::vector<const ListKernels*> X86ListKernels() {
  std::vector<const ListKernels*> kernels;
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return kernels;
  if (HasVnni() && __builtin_cpu_supports("avx512vpopcntdq")) kernels.push_back(&kAvx512Lists);
  if (HasVnni()) kernels.push_back(&kAvx512Vnni);
  kernels.push_back(&kAvx2Lists);
  return kernels;
}
#else
std::vector<const ListKernels*> X86ListKernels() { return {}; }
#endif

}  // namespace stowage
