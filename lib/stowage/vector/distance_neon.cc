#include "stowage/vector/distance_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace stowage {

#if defined(__aarch64__)
namespace {

float SquaredL2Neon(const float* a, const float* b, size_t n) {
  float32x4_t sums[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const float32x4_t difference =
          vsubq_f32(vld1q_f32(a + i + lane * 4), vld1q_f32(b + i + lane * 4));
      sums[lane] = vfmaq_f32(sums[lane], difference, difference);
    }
  }
  float sum = vaddvq_f32(vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3])));
  for (; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

float DotNeon(const float* a, const float* b, size_t n) {
  float32x4_t sums[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (size_t lane = 0; lane < 4; ++lane) {
      sums[lane] = vfmaq_f32(sums[lane], vld1q_f32(a + i + lane * 4), vld1q_f32(b + i + lane * 4));
    }
  }
  float sum = vaddvq_f32(vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3])));
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

#if defined(__ARM_FEATURE_DOTPROD)
constexpr const char* kNeonName = "neon-dotprod";

inline int32x4_t MultiplyAdd(int32x4_t sum, int8x16_t a, int8x16_t b) {
  return vdotq_s32(sum, a, b);
}
#else
constexpr const char* kNeonName = "neon";

// Two products of codes fit 16 bits (2 * 127 * 127 < 2^15), so pairs are added there first.
inline int32x4_t MultiplyAdd(int32x4_t sum, int8x16_t a, int8x16_t b) {
  const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
  return vpadalq_s16(sum, vmlal_high_s8(low, a, b));
}
#endif

int32_t DotInt8Neon(const int8_t* a, const int8_t* b, size_t n, int32_t /*sum_b*/) {
  int32x4_t sums[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
  for (size_t i = 0; i < n; i += 64) {
    for (size_t lane = 0; lane < 4; ++lane) {
      sums[lane] =
          MultiplyAdd(sums[lane], vld1q_s8(a + i + lane * 16), vld1q_s8(b + i + lane * 16));
    }
  }
  return vaddvq_s32(vaddq_s32(vaddq_s32(sums[0], sums[1]), vaddq_s32(sums[2], sums[3])));
}

void DotInt8RowsNeon(const int8_t* query, int32_t query_sum, const int8_t* const* rows,
                     size_t count, size_t n, int32_t* dots) {
  for (size_t row = 0; row < count; ++row) {
    dots[row] = DotInt8Neon(rows[row], query, n, query_sum);
  }
}

constexpr DistanceKernels kNeon = {kNeonName, SquaredL2Neon, DotNeon, DotInt8Neon, DotInt8RowsNeon};

}  // namespace

std::vector<const DistanceKernels*> NeonKernels() { return {&kNeon}; }
#else
std::vector<const DistanceKernels*> NeonKernels() { return {}; }
#endif

}  // namespace stowage
