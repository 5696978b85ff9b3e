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

STOWAGE_AVX2 inline float Sum8(__m256 v) {
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
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

// A half by masked extraction: g++ 12 warns of its own header in the plain one, in the casts and
// in _mm512_reduce_add_*, which use it.
template <int kHalf>
STOWAGE_AVX512 inline __m256i Half(__m512i v) {
  return _mm512_maskz_extracti64x4_epi64(0xFF, v, kHalf);
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

constexpr DistanceKernels kAvx2 = {"avx2", SquaredL2Avx2, DotAvx2};
constexpr DistanceKernels kAvx512 = {"avx512", SquaredL2Avx512, DotAvx512};

}  // namespace

std::vector<const DistanceKernels*> X86Kernels() {
  std::vector<const DistanceKernels*> kernels;
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return kernels;
  if (__builtin_cpu_supports("avx512f")) kernels.push_back(&kAvx512);
  kernels.push_back(&kAvx2);
  return kernels;
}
#else
std::vector<const DistanceKernels*> X86Kernels() { return {}; }
#endif

}  // namespace stowage
