#include "stowage/vector/distance_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stowage {

#if defined(__x86_64__)
namespace {

// Each function is compiled for its own instruction set, whatever the library's flags are, and
// called only after the CPU was asked for it.
#define STOWAGE_AVX2 __attribute__((target("avx2,fma")))
#define STOWAGE_AVX512 __attribute__((target("avx2,fma,avx512f")))
#define STOWAGE_VNNI __attribute__((target("avx2,fma,avx512f,avx512bw,avx512vnni")))

STOWAGE_AVX2 inline float Sum8(__m256 v) {
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

STOWAGE_AVX2 inline int32_t Sum8(__m256i v) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(1, 0, 3, 2)));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(2, 3, 0, 1)));
  return _mm_cvtsi128_si32(sum);
}

// Four sums side by side in variables, not in an array, which g++ -O2 would keep in memory.
STOWAGE_AVX2 inline __m256 AddSquare(__m256 sum, __m256 a, __m256 b) {
  const __m256 difference = _mm256_sub_ps(a, b);
  return _mm256_fmadd_ps(difference, difference, sum);
}

STOWAGE_AVX2 inline __m256 AddProduct(__m256 sum, __m256 a, __m256 b) {
  return _mm256_fmadd_ps(a, b, sum);
}

STOWAGE_AVX2 float SquaredL2Avx2(const float* a, const float* b, size_t n) {
  __m256 sum0 = _mm256_setzero_ps();
  __m256 sum1 = sum0;
  __m256 sum2 = sum0;
  __m256 sum3 = sum0;
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    sum0 = AddSquare(sum0, _mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
    sum1 = AddSquare(sum1, _mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8));
    sum2 = AddSquare(sum2, _mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16));
    sum3 = AddSquare(sum3, _mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24));
  }
  for (; i + 8 <= n; i += 8) {
    sum0 = AddSquare(sum0, _mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
  }
  float sum = Sum8(_mm256_add_ps(_mm256_add_ps(sum0, sum1), _mm256_add_ps(sum2, sum3)));
  for (; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

STOWAGE_AVX2 float DotAvx2(const float* a, const float* b, size_t n) {
  __m256 sum0 = _mm256_setzero_ps();
  __m256 sum1 = sum0;
  __m256 sum2 = sum0;
  __m256 sum3 = sum0;
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    sum0 = AddProduct(sum0, _mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
    sum1 = AddProduct(sum1, _mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8));
    sum2 = AddProduct(sum2, _mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16));
    sum3 = AddProduct(sum3, _mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24));
  }
  for (; i + 8 <= n; i += 8) {
    sum0 = AddProduct(sum0, _mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));
  }
  float sum = Sum8(_mm256_add_ps(_mm256_add_ps(sum0, sum1), _mm256_add_ps(sum2, sum3)));
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

STOWAGE_AVX2 inline __m256i Widen16(const int8_t* bytes) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
}

// By way of 16-bit products: _mm256_maddubs_epi16 would be shorter, but saturates.
STOWAGE_AVX2 int32_t DotInt8Avx2(const int8_t* a, const int8_t* b, size_t n, int32_t /*sum_b*/) {
  __m256i even = _mm256_setzero_si256();
  __m256i odd = _mm256_setzero_si256();
  for (size_t i = 0; i < n; i += 32) {
    even = _mm256_add_epi32(even, _mm256_madd_epi16(Widen16(a + i), Widen16(b + i)));
    odd = _mm256_add_epi32(odd, _mm256_madd_epi16(Widen16(a + i + 16), Widen16(b + i + 16)));
  }
  return Sum8(_mm256_add_epi32(even, odd));
}

STOWAGE_AVX2 void DotInt8RowsAvx2(const int8_t* query, int32_t query_sum, const int8_t* const* rows,
                                  size_t count, size_t n, int32_t* dots) {
  for (size_t row = 0; row < count; ++row) {
    dots[row] = DotInt8Avx2(rows[row], query, n, query_sum);
  }
}

// A half by masked extraction: g++ 12 warns of its own header in the plain one, in the casts and
// in _mm512_reduce_add_*, which use it.
template <int kHalf>
STOWAGE_AVX512 inline __m256i Half(__m512i v) {
  return _mm512_maskz_extracti64x4_epi64(0xFF, v, kHalf);
}

STOWAGE_AVX512 inline __m256i AddHalves(__m512i v) {
  return _mm256_add_epi32(Half<0>(v), Half<1>(v));
}

STOWAGE_AVX512 inline float Sum16(__m512 v) {
  const __m512i bits = _mm512_castps_si512(v);
  return Sum8(
      _mm256_add_ps(_mm256_castsi256_ps(Half<0>(bits)), _mm256_castsi256_ps(Half<1>(bits))));
}

STOWAGE_AVX512 inline __m512 AddSquare(__m512 sum, __m512 a, __m512 b) {
  const __m512 difference = _mm512_sub_ps(a, b);
  return _mm512_fmadd_ps(difference, difference, sum);
}

STOWAGE_AVX512 inline __m512 AddProduct(__m512 sum, __m512 a, __m512 b) {
  return _mm512_fmadd_ps(a, b, sum);
}

STOWAGE_AVX512 float SquaredL2Avx512(const float* a, const float* b, size_t n) {
  __m512 sum0 = _mm512_setzero_ps();
  __m512 sum1 = sum0;
  __m512 sum2 = sum0;
  __m512 sum3 = sum0;
  size_t i = 0;
  for (; i + 64 <= n; i += 64) {
    sum0 = AddSquare(sum0, _mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));
    sum1 = AddSquare(sum1, _mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16));
    sum2 = AddSquare(sum2, _mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32));
    sum3 = AddSquare(sum3, _mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48));
  }
  for (; i < n; i += 16) {
    const __mmask16 mask = n - i >= 16 ? __mmask16{0xFFFF} : __mmask16((1U << (n - i)) - 1);
    sum0 = AddSquare(sum0, _mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i));
  }
  return Sum16(_mm512_add_ps(_mm512_add_ps(sum0, sum1), _mm512_add_ps(sum2, sum3)));
}

STOWAGE_AVX512 float DotAvx512(const float* a, const float* b, size_t n) {
  __m512 sum0 = _mm512_setzero_ps();
  __m512 sum1 = sum0;
  __m512 sum2 = sum0;
  __m512 sum3 = sum0;
  size_t i = 0;
  for (; i + 64 <= n; i += 64) {
    sum0 = AddProduct(sum0, _mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));
    sum1 = AddProduct(sum1, _mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16));
    sum2 = AddProduct(sum2, _mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32));
    sum3 = AddProduct(sum3, _mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48));
  }
  for (; i < n; i += 16) {
    const __mmask16 mask = n - i >= 16 ? __mmask16{0xFFFF} : __mmask16((1U << (n - i)) - 1);
    sum0 = AddProduct(sum0, _mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i));
  }
  return Sum16(_mm512_add_ps(_mm512_add_ps(sum0, sum1), _mm512_add_ps(sum2, sum3)));
}

// VPDPBUSD multiplies unsigned by signed bytes. a XOR 0x80 is a + 128 as an unsigned byte, so the
// sum comes out too large by 128 sum(b). At 65,536 codes the partial sums still fit 32 bits.
STOWAGE_VNNI inline __m512i MultiplyAddBiased(__m512i sum, const int8_t* a, __m512i b) {
  const __m512i bias = _mm512_set1_epi8(static_cast<char>(-128));
  return _mm512_dpbusd_epi32(sum, _mm512_xor_si512(_mm512_loadu_si512(a), bias), b);
}

STOWAGE_VNNI int32_t DotInt8Vnni(const int8_t* a, const int8_t* b, size_t n, int32_t sum_b) {
  __m512i sum = _mm512_setzero_si512();
  for (size_t i = 0; i < n; i += 64) {
    sum = MultiplyAddBiased(sum, a + i, _mm512_loadu_si512(b + i));
  }
  return Sum8(AddHalves(sum)) - 128 * sum_b;
}

// Four rows at a time, so that the sums across lanes of four rows are taken together.
STOWAGE_VNNI void DotInt8RowsVnni(const int8_t* query, int32_t query_sum, const int8_t* const* rows,
                                  size_t count, size_t n, int32_t* dots) {
  size_t row = 0;
  for (; row + 4 <= count; row += 4) {
    __m512i sum0 = _mm512_setzero_si512();
    __m512i sum1 = sum0;
    __m512i sum2 = sum0;
    __m512i sum3 = sum0;
    for (size_t i = 0; i < n; i += 64) {
      const __m512i q = _mm512_loadu_si512(query + i);
      sum0 = MultiplyAddBiased(sum0, rows[row] + i, q);
      sum1 = MultiplyAddBiased(sum1, rows[row + 1] + i, q);
      sum2 = MultiplyAddBiased(sum2, rows[row + 2] + i, q);
      sum3 = MultiplyAddBiased(sum3, rows[row + 3] + i, q);
    }
    const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(AddHalves(sum0), AddHalves(sum1)),
                                            _mm256_hadd_epi32(AddHalves(sum2), AddHalves(sum3)));
    const __m128i totals =
        _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(dots + row),
                     _mm_sub_epi32(totals, _mm_set1_epi32(128 * query_sum)));
  }
  for (; row < count; ++row) dots[row] = DotInt8Vnni(rows[row], query, n, query_sum);
}

constexpr DistanceKernels kAvx2 = {"avx2", SquaredL2Avx2, DotAvx2, DotInt8Avx2, DotInt8RowsAvx2};
constexpr DistanceKernels kAvx512 = {"avx512", SquaredL2Avx512, DotAvx512, DotInt8Avx2,
                                     DotInt8RowsAvx2};
constexpr DistanceKernels kAvx512Vnni = {"avx512vnni", SquaredL2Avx512, DotAvx512, DotInt8Vnni,
                                         DotInt8RowsVnni};

}  // namespace

std::vector<const DistanceKernels*> X86Kernels() {
  std::vector<const DistanceKernels*> kernels;
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return kernels;
  if (__builtin_cpu_supports("avx512f")) {
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni")) {
      kernels.push_back(&kAvx512Vnni);
    }
    kernels.push_back(&kAvx512);
  }
  kernels.push_back(&kAvx2);
  return kernels;
}
#else
std::vector<const DistanceKernels*> X86Kernels() { return {}; }
#endif

}  // namespace stowage
