#ifndef STOWAGE_VECTOR_DISTANCE_KERNELS_H_
#define STOWAGE_VECTOR_DISTANCE_KERNELS_H_

#include <vector>

#include "stowage/vector/distance.h"

namespace stowage {

// The kernels of each instruction set that this CPU can run, fastest first; empty when the library
// is compiled for another architecture.
std::vector<const DistanceKernels*> X86Kernels();
std::vector<const DistanceKernels*> NeonKernels();

}  // namespace stowage

#endif  // STOWAGE_VECTOR_DISTANCE_KERNELS_H_
