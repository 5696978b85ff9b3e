#include "benchmarks/workload/content_hash.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace loadline::workload {
namespace {

TEST(HashBytes, DependsOnEveryByteAndOnTheLength) {
  std::set<uint64_t> hashes;
  const std::string zeros(40, '\0');
  for (size_t size = 0; size <= zeros.size(); ++size) {
    hashes.insert(HashBytes(absl::string_view(zeros).substr(0, size)));
  }
  for (size_t i = 0; i < zeros.size(); ++i) {
    std::string changed = zeros;
    changed[i] = 1;
    hashes.insert(HashBytes(changed));
  }
  EXPECT_EQ(hashes.size(), 81u);
}

TEST(HashBytes, DependsOnTheSeed) { EXPECT_NE(HashBytes("a", 1), HashBytes("a", 2)); }

TEST(ContentHasher, KeepsTheBordersOfFields) {
  EXPECT_NE(ContentHasher().Add("ab").Add("c").key(), ContentHasher().Add("a").Add("bc").key());
  EXPECT_NE(ContentHasher().Add("").key(), ContentHasher().key());
}

TEST(ContentKey, HasOneFormOf32Digits) {
  EXPECT_EQ((ContentKey{0x1, 0xABC}).ToHex(), "00000000000000010000000000000abc");
}

}  // namespace
}  // namespace loadline::workload
