#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/compare_claims.h"
#include "tools/loadline/results/result_reader.h"

namespace {

// The input is cut at the bytes 0xFF, which no valid text has: which format, then the policy; a
// line "B" or "N" of which side each further part is, then its document. A part that is not
// readable is left out.
std::vector<std::string> Parts(const uint8_t* data, size_t size) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == 0xFF) {
      parts.emplace_back();
    } else {
      parts.back().push_back(static_cast<char>(data[i]));
    }
  }
  return parts;
}

}  // namespace

// Any two sides and any policy give a sound verdict.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loadline;  // NOLINT
  if (size == 0) return 0;
  fuzz::Comparison comparison;
  comparison.format = static_cast<report::Format>(data[0] % 6);
  const std::vector<std::string> parts = Parts(data + 1, size - 1);
  // TOML is slow to read, and has a fuzzer of its own.
  if (!parts[0].empty()) {
    auto policy = policy::ParsePolicy("fuzz", parts[0]);
    if (policy.ok()) comparison.policy = *std::move(policy);
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    const bool is_base = parts[i].compare(0, 2, "B\n") == 0;
    if (!is_base && parts[i].compare(0, 2, "N\n") != 0) continue;
    auto file = results::ParseResultFile(is_base ? "b" : "n", parts[i].substr(2));
    if (!file.ok()) continue;
    (is_base ? comparison.base : comparison.candidate).push_back(*std::move(file));
  }
  fuzz::RequireSoundComparison(comparison);
  return 0;
}
