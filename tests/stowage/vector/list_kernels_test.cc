#include "stowage/vector/list_kernels.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace stowage {

bool operator==(const ByteDot& a, const ByteDot& b) { return a.high == b.high && a.low == b.low; }

namespace {

const ListKernels& Plain() { return *SupportedListKernels().back(); }

// Every way of this CPU gives what plain C++ gives.
class ListKernelsTest : public ::testing::TestWithParam<const ListKernels*> {
 protected:
  std::vector<uint32_t> Words(size_t count) {
    std::vector<uint32_t> words(count);
    for (uint32_t& word : words) word = static_cast<uint32_t>(random_());
    return words;
  }
  std::vector<uint8_t> Bytes(size_t count) {
    std::vector<uint8_t> bytes(count);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random_());
    return bytes;
  }
  ByteQuery Query(size_t n, int largest) {
    high_.resize(n);
    low_.resize(n);
    ByteQuery query{high_.data(), low_.data(), 0, 0};
    for (size_t j = 0; j < n; ++j) {
      high_[j] = static_cast<int8_t>(static_cast<int>(random_() % 129) - 64);
      low_[j] = static_cast<int8_t>(largest);
      query.high_sum += high_[j];
      query.low_sum += low_[j];
    }
    return query;
  }

  std::mt19937_64 random_{20261130};
  std::vector<int8_t> high_;
  std::vector<int8_t> low_;
};

TEST_P(ListKernelsTest, CountsSignsThatDiffer) {
  for (const size_t words : {1, 3, 24, 25, 31, 32, 63, 2048}) {
    const std::vector<uint32_t> bits = Words(words * kBlockRows);
    const std::vector<uint32_t> signs = Words(words);
    std::vector<int32_t> expected(kBlockRows), counts(kBlockRows);
    Plain().count_signs(bits.data(), words, signs.data(), expected.data());
    GetParam()->count_signs(bits.data(), words, signs.data(), counts.data());
    EXPECT_EQ(counts, expected) << words;
  }
}

TEST_P(ListKernelsTest, CountsSignsWhereAllDiffer) {
  constexpr size_t kWords = 2048;
  const std::vector<uint32_t> bits(kWords * kBlockRows, ~uint32_t{0});
  const std::vector<uint32_t> planes(4 * kWords, 0);
  std::vector<int32_t> counts(kBlockRows);
  GetParam()->count_signs(bits.data(), kWords, planes.data(), counts.data());
  EXPECT_EQ(counts, std::vector<int32_t>(kBlockRows, 65536));
  GetParam()->count_planes(bits.data(), kWords, planes.data(), counts.data());
  EXPECT_EQ(counts, std::vector<int32_t>(kBlockRows, 15 * 65536));
}

TEST_P(ListKernelsTest, CountsPlanesByTheirWeight) {
  for (const size_t words : {1, 3, 24, 32, 100}) {
    const std::vector<uint32_t> bits = Words(words * kBlockRows);
    const std::vector<uint32_t> planes = Words(4 * words);
    std::vector<int32_t> expected(kBlockRows), counts(kBlockRows);
    Plain().count_planes(bits.data(), words, planes.data(), expected.data());
    GetParam()->count_planes(bits.data(), words, planes.data(), counts.data());
    EXPECT_EQ(counts, expected) << words;
  }
}

TEST_P(ListKernelsTest, MultipliesFourBitCodes) {
  for (const size_t groups : {6, 8, 11}) {
    for (const int largest : {-64, 0, 64}) {
      const std::vector<uint8_t> codes = Bytes(groups * kBlockRows * 4);
      const ByteQuery query = Query(8 * groups, largest);
      std::vector<ByteDot> expected(kBlockRows), dots(kBlockRows);
      Plain().dot_nibbles(codes.data(), groups, query, expected.data());
      GetParam()->dot_nibbles(codes.data(), groups, query, dots.data());
      EXPECT_EQ(dots, expected) << groups << " " << largest;
    }
  }
}

TEST_P(ListKernelsTest, MultipliesBlocksOfBytes) {
  for (const size_t groups : {1, 2, 11}) {
    for (const int largest : {-64, 0, 64}) {
      const std::vector<uint8_t> codes = Bytes(groups * kBlockRows * 4);
      const ByteQuery query = Query(4 * groups, largest);
      std::vector<ByteDot> expected(kBlockRows), dots(kBlockRows);
      Plain().dot_bytes(codes.data(), groups, query, expected.data());
      GetParam()->dot_bytes(codes.data(), groups, query, dots.data());
      EXPECT_EQ(dots, expected) << groups << " " << largest;
    }
  }
}

TEST_P(ListKernelsTest, MultipliesRowsOfBytes) {
  for (const size_t n : {64, 128, 768, 65536}) {
    for (const int largest : {-64, 0, 64}) {
      const std::vector<uint8_t> codes = Bytes(n);
      const ByteQuery query = Query(n, largest);
      EXPECT_EQ(GetParam()->dot_byte_row(codes.data(), n, query),
                Plain().dot_byte_row(codes.data(), n, query))
          << n << " " << largest;
    }
  }
}

TEST_P(ListKernelsTest, MultipliesTwoRowsOfBytes) {
  for (const size_t n : {64, 128, 768, 65536}) {
    const std::vector<uint8_t> a = Bytes(n);
    const std::vector<uint8_t> b = Bytes(n);
    EXPECT_EQ(GetParam()->dot_byte_rows(a.data(), b.data(), n),
              Plain().dot_byte_rows(a.data(), b.data(), n))
        << n;
  }
  const std::vector<uint8_t> low(65536, 1);
  const std::vector<uint8_t> high(65536, 255);
  EXPECT_EQ(GetParam()->dot_byte_rows(low.data(), high.data(), 65536), -127 * 127 * 65536);
  EXPECT_EQ(GetParam()->dot_byte_rows(low.data(), low.data(), 65536), 127 * 127 * 65536);
}

// The largest sums that there can be.
TEST_P(ListKernelsTest, MultipliesTheLargestBytes) {
  constexpr size_t kSize = 65536;
  for (const uint8_t code : {uint8_t{0}, uint8_t{255}}) {
    for (const int8_t value : {int8_t{-64}, int8_t{64}}) {
      const std::vector<uint8_t> codes(kSize, code);
      const std::vector<int8_t> values(kSize, value);
      const ByteQuery query{values.data(), values.data(), value * int32_t{kSize},
                            value * int32_t{kSize}};
      const int32_t expected = (int32_t{code} - 128) * value * int32_t{kSize};
      EXPECT_EQ(GetParam()->dot_byte_row(codes.data(), kSize, query),
                (ByteDot{expected, expected}));
    }
  }
}

TEST_P(ListKernelsTest, SelectsWhatMayScoreWithinTheLimit) {
  std::vector<float> factor(kBlockRows), along(kBlockRows), error(kBlockRows), s(kBlockRows);
  std::normal_distribution<float> normal;
  for (size_t row = 0; row < kBlockRows; ++row) {
    factor[row] = normal(random_);
    along[row] = normal(random_);
    error[row] = std::fabs(normal(random_));
    s[row] = normal(random_);
  }
  along[5] = std::numeric_limits<float>::quiet_NaN();  // a lane without a row
  const BlockTerms block{factor.data(), along.data(), error.data()};
  const ListTerms list{0.5F, 0.25F, 2};
  float lower[kBlockRows];
  const uint32_t chosen = GetParam()->select(block, list, s.data(), 0.1F, lower);
  for (size_t row = 0; row < kBlockRows; ++row) {
    const float least = 0.5F + 0.25F * along[row] + factor[row] * s[row] - 2 * error[row];
    EXPECT_EQ(chosen >> row & 1, least <= 0.1F ? 1U : 0U) << row;
    if (row != 5) {
      EXPECT_NEAR(lower[row], least, 1e-5);
    }
  }
  constexpr float kEverything = std::numeric_limits<float>::infinity();
  EXPECT_EQ(GetParam()->select(block, list, s.data(), kEverything, lower), 0xFFDFU);
}

INSTANTIATE_TEST_SUITE_P(Kernels, ListKernelsTest, ::testing::ValuesIn(SupportedListKernels()),
                         [](const auto& info) {
                           std::string name = info.param->name;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace stowage
