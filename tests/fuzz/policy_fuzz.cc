#include <cstdint>
#include <cstdlib>

#include "tools/loadline/policy/policy.h"

// Any bytes give a policy or an error with a place.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view toml(reinterpret_cast<const char*>(data), size);
  const auto policy = loadline::policy::ParsePolicy("fuzz", toml);
  if (!policy.ok() && policy.status().message().substr(0, 5) != "fuzz:") std::abort();
  return 0;
}
