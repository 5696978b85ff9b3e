#include "loadline/base/crc32c.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>

namespace loadline {
namespace {

using Crc = uint32_t (*)(uint32_t crc, const void* data, size_t size);

class Crc32cTest : public ::testing::TestWithParam<Crc> {
 protected:
  static uint32_t Of(const std::string& data) { return GetParam()(0, data.data(), data.size()); }
};

std::string RandomBytes(size_t size) {
  std::mt19937 random(20'240'601);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xFF);
  return bytes;
}

// The test values of RFC 3720, appendix B.4.
TEST_P(Crc32cTest, GivesThePublishedValues) {
  std::string ascending(32, '\0');
  std::iota(ascending.begin(), ascending.end(), '\0');
  const std::string descending(ascending.rbegin(), ascending.rend());
  EXPECT_EQ(Of(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Of(std::string(32, '\xFF')), 0x62A8AB43u);
  EXPECT_EQ(Of(ascending), 0x46DD794Eu);
  EXPECT_EQ(Of(descending), 0x113FDB5Cu);
}

TEST_P(Crc32cTest, GivesTheCheckValueOfThePolynomial) { EXPECT_EQ(Of("123456789"), 0xE3069283u); }

TEST_P(Crc32cTest, IsUnchangedByNoData) {
  EXPECT_EQ(GetParam()(0, nullptr, 0), 0u);
  EXPECT_EQ(GetParam()(0xE3069283u, nullptr, 0), 0xE3069283u);
}

TEST_P(Crc32cTest, ContinuesWhereverTheDataIsCut) {
  const std::string data = RandomBytes(67);
  const uint32_t whole = Of(data);
  for (size_t cut = 0; cut <= data.size(); ++cut) {
    const uint32_t first = GetParam()(0, data.data(), cut);
    EXPECT_EQ(GetParam()(first, data.data() + cut, data.size() - cut), whole) << "cut at " << cut;
  }
}

TEST_P(Crc32cTest, ChangesWithEveryBit) {
  std::string data = RandomBytes(41);
  const uint32_t whole = Of(data);
  for (size_t bit = 0; bit < data.size() * 8; ++bit) {
    const char mask = static_cast<char>(1 << bit % 8);
    data[bit / 8] = static_cast<char>(data[bit / 8] ^ mask);
    EXPECT_NE(Of(data), whole) << "bit " << bit;
    data[bit / 8] = static_cast<char>(data[bit / 8] ^ mask);
  }
}

INSTANTIATE_TEST_SUITE_P(Both, Crc32cTest, ::testing::Values(&Crc32c, &Crc32cPortable),
                         [](const auto& instance) {
                           return instance.index == 0 ? "Fastest" : "Portable";
                         });

TEST(Crc32c, IsTheSameWithAndWithoutTheInstructionAtEverySizeAndAlignment) {
  const std::string data = RandomBytes(300);
  for (size_t start = 0; start < 9; ++start) {
    for (size_t size = 0; start + size <= data.size(); ++size) {
      const char* const from = data.data() + start;
      ASSERT_EQ(Crc32c(7, from, size), Crc32cPortable(7, from, size))
          << size << " bytes from " << start;
    }
  }
}

}  // namespace
}  // namespace loadline
