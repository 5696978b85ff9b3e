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

constexpr DistanceKernels kNeon = {"neon", SquaredL2Neon, DotNeon};

}  // namespace

std::vector<const DistanceKernels*> NeonKernels() { return {&kNeon}; }
#else
std::vector<const DistanceKernels*> NeonKernels() { return {}; }
#endif

}  // namespace stowage
