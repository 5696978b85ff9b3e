#ifndef LOADLINE_PLATFORM_CPU_FEATURES_H_
#define LOADLINE_PLATFORM_CPU_FEATURES_H_

namespace loadline::platform {

// Whether the CPU has SDOT and UDOT, arm64's dot products of bytes (FEAT_DotProd); false on every
// other architecture, and where the OS does not say. Thread-safe.
bool CpuHasDotProduct();

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_CPU_FEATURES_H_
