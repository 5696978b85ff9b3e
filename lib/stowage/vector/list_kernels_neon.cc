#include "stowage/vector/list_kernels.h"

namespace stowage {

std::vector<const ListKernels*> NeonListKernels() { return {}; }

}  // namespace stowage
