#include "stowage/vector/list_kernels.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace stowage {

bool operator==(const ByteDot& a, const ByteDot& b) { return a.high == b.high && a.low == b.low; }

namespace {

constexpr size_t kLargest = 65'536;  // components, or bytes of a row

const ListKernels& Plain() { return *SupportedListKernels().back(); }

// One up to a few times what any kernel takes at once, and the largest, `unit` components each.
std::vector<size_t> Counts(size_t unit) {
  std::vector<size_t> counts;
  for (size_t count = 1; count <= 70; ++count) counts.push_back(count);
  counts.push_back(kLargest / unit - 1);
  counts.push_back(kLargest / unit);
  return counts;
}

using BlockDots = decltype(ListKernels::dot_bytes) ListKernels::*;

// Every way of this CPU gives what plain C++ gives.
class ListKernelsTest : public ::testing::TestWithParam<const ListKernels*> {
 protected:
  std::vector<uint32_t> Words(size_t count) {
    std::vector<uint32_t> words(count);
    for (uint32_t& word : words) word = static_cast<uint32_t>(random_());
    return words;
  }
  // From `least` to 255, half of them the ends of the range, where narrow sums would overflow.
  std::vector<uint8_t> Bytes(size_t count, int least) {
    std::vector<uint8_t> bytes(count);
    for (uint8_t& byte : bytes) {
      const auto draw = static_cast<int>(random_() % 1024);
      byte = static_cast<uint8_t>(draw < 256   ? least
                                  : draw < 512 ? 255
                                               : least + draw % (256 - least));
    }
    return bytes;
  }
  std::vector<int8_t> HalvesOfComponents(size_t n) {
    std::vector<int8_t> halves(n);
    for (int8_t& half : halves) {
      const auto draw = static_cast<int>(random_() % 516);
      half = static_cast<int8_t>(draw < 129 ? -64 : draw < 258 ? 64 : draw % 129 - 64);
    }
    return halves;
  }
  // Its arrays lie at an odd address.
  ByteQuery Query(size_t n) {
    high_ = HalvesOfComponents(n + 1);
    low_ = HalvesOfComponents(n + 1);
    return {high_.data() + 1, low_.data() + 1, std::accumulate(high_.begin() + 1, high_.end(), 0),
            std::accumulate(low_.begin() + 1, low_.end(), 0)};
  }
  // All components alike.
  ByteQuery EvenQuery(size_t n, int8_t high, int8_t low) {
    high_.assign(n, high);
    low_.assign(n, low);
    return {high_.data(), low_.data(), high * static_cast<int32_t>(n),
            low * static_cast<int32_t>(n)};
  }
  static std::vector<ByteDot> DotsOf(const ListKernels& kernels, BlockDots dots,
                                     const uint8_t* codes, size_t groups, const ByteQuery& query) {
    std::vector<ByteDot> result(kBlockRows);
    (kernels.*dots)(codes, groups, query, result.data());
    return result;
  }

  std::mt19937_64 random_{20261130};
  std::vector<int8_t> high_;
  std::vector<int8_t> low_;
};

TEST_P(ListKernelsTest, CountsSignsThatDiffer) {
  for (const size_t words : Counts(32)) {
    const std::vector<uint32_t> bits = Words(words * kBlockRows + 1);
    const std::vector<uint32_t> signs = Words(words + 1);
    std::vector<int32_t> expected(kBlockRows), counts(kBlockRows);
    Plain().count_signs(&bits[1], words, &signs[1], expected.data());
    GetParam()->count_signs(&bits[1], words, &signs[1], counts.data());
    EXPECT_EQ(counts, expected) << words;
  }
}

TEST_P(ListKernelsTest, CountsPlanesByTheirWeight) {
  for (const size_t words : Counts(32)) {
    const std::vector<uint32_t> bits = Words(words * kBlockRows + 1);
    const std::vector<uint32_t> planes = Words(4 * words + 1);
    std::vector<int32_t> expected(kBlockRows), counts(kBlockRows);
    Plain().count_planes(&bits[1], words, &planes[1], expected.data());
    GetParam()->count_planes(&bits[1], words, &planes[1], counts.data());
    EXPECT_EQ(counts, expected) << words;
  }
}

TEST_P(ListKernelsTest, CountsWhereAllDiffer) {
  for (const size_t words : Counts(32)) {
    const std::vector<uint32_t> bits(words * kBlockRows, ~uint32_t{0});
    const std::vector<uint32_t> planes(4 * words, 0);
    const auto all = static_cast<int32_t>(32 * words);
    std::vector<int32_t> counts(kBlockRows);
    GetParam()->count_signs(bits.data(), words, planes.data(), counts.data());
    EXPECT_EQ(counts, std::vector<int32_t>(kBlockRows, all));
    GetParam()->count_planes(bits.data(), words, planes.data(), counts.data());
    EXPECT_EQ(counts, std::vector<int32_t>(kBlockRows, 15 * all));
  }
}

TEST_P(ListKernelsTest, MultipliesFourBitCodes) {
  for (const size_t groups : Counts(8)) {
    const std::vector<uint8_t> codes = Bytes(4 + groups * kBlockRows * 4, 0);
    const ByteQuery query = Query(8 * groups);
    EXPECT_EQ(DotsOf(*GetParam(), &ListKernels::dot_nibbles, &codes[4], groups, query),
              DotsOf(Plain(), &ListKernels::dot_nibbles, &codes[4], groups, query))
        << groups;
  }
}

TEST_P(ListKernelsTest, MultipliesBlocksOfBytes) {
  for (const size_t groups : Counts(4)) {
    const std::vector<uint8_t> codes = Bytes(4 + groups * kBlockRows * 4, 1);
    const ByteQuery query = Query(4 * groups);
    EXPECT_EQ(DotsOf(*GetParam(), &ListKernels::dot_bytes, &codes[4], groups, query),
              DotsOf(Plain(), &ListKernels::dot_bytes, &codes[4], groups, query))
        << groups;
  }
}

TEST_P(ListKernelsTest, MultipliesRowsOfBytes) {
  for (const size_t lines : Counts(64)) {
    const size_t n = 64 * lines;
    const std::vector<uint8_t> codes = Bytes(4 + n, 1);
    const ByteQuery query = Query(n);
    EXPECT_EQ(GetParam()->dot_byte_row(&codes[4], n, query),
              Plain().dot_byte_row(&codes[4], n, query))
        << n;
  }
}

TEST_P(ListKernelsTest, MultipliesTwoRowsOfBytes) {
  for (const size_t lines : Counts(64)) {
    const size_t n = 64 * lines;
    const std::vector<uint8_t> a = Bytes(4 + n, 1);
    const std::vector<uint8_t> b = Bytes(4 + n, 1);
    EXPECT_EQ(GetParam()->dot_byte_rows(&a[4], &b[4], n), Plain().dot_byte_rows(&a[4], &b[4], n))
        << n;
  }
}

// The largest sums that there can be, and 0, which no code is.
TEST_P(ListKernelsTest, MultipliesTheLargestBytes) {
  for (const int code : {0, 1, 128, 255}) {
    const std::vector<uint8_t> codes(kLargest * kBlockRows, static_cast<uint8_t>(code));
    for (const int8_t value : {int8_t{-64}, int8_t{64}}) {
      const ByteQuery query = EvenQuery(kLargest, value, static_cast<int8_t>(-value));
      const int32_t sum = (code - 128) * value * int32_t{kLargest};
      const ByteDot expected = {sum, -sum};
      EXPECT_EQ(GetParam()->dot_byte_row(codes.data(), kLargest, query), expected) << code;
      EXPECT_EQ(DotsOf(*GetParam(), &ListKernels::dot_bytes, codes.data(), kLargest / 4, query),
                std::vector<ByteDot>(kBlockRows, expected))
          << code;
    }
  }
}

TEST_P(ListKernelsTest, MultipliesTheLargestNibbles) {
  for (const int code : {0, 15}) {
    const std::vector<uint8_t> codes(kLargest / 2 * kBlockRows, static_cast<uint8_t>(17 * code));
    for (const int8_t value : {int8_t{-64}, int8_t{64}}) {
      const ByteQuery query = EvenQuery(kLargest, value, static_cast<int8_t>(-value));
      const int32_t sum = code * value * int32_t{kLargest};
      EXPECT_EQ(DotsOf(*GetParam(), &ListKernels::dot_nibbles, codes.data(), kLargest / 8, query),
                std::vector<ByteDot>(kBlockRows, ByteDot{sum, -sum}))
          << code;
    }
  }
}

TEST_P(ListKernelsTest, MultipliesTheLargestRows) {
  const std::vector<uint8_t> least(kLargest, 1);
  const std::vector<uint8_t> most(kLargest, 255);
  constexpr int32_t kSum = 127 * 127 * int32_t{kLargest};
  EXPECT_EQ(GetParam()->dot_byte_rows(least.data(), least.data(), kLargest), kSum);
  EXPECT_EQ(GetParam()->dot_byte_rows(least.data(), most.data(), kLargest), -kSum);
  EXPECT_EQ(GetParam()->dot_byte_rows(most.data(), least.data(), kLargest), -kSum);
  EXPECT_EQ(GetParam()->dot_byte_rows(most.data(), most.data(), kLargest), kSum);
}

// What select() takes: rows whose least score is -1.5 row, then lanes without a row.
struct Terms {
  std::vector<float> factor, along, error, s;
  ListTerms list{1, 2, 0.5F};

  explicit Terms(size_t rows)
      : factor(kBlockRows, 0.0F),
        along(kBlockRows, std::numeric_limits<float>::quiet_NaN()),
        error(kBlockRows, 0.0F),
        s(kBlockRows, 3.0F) {
    for (size_t row = 0; row < rows; ++row) {
      const auto number = static_cast<float>(row);
      along[row] = number - 2;
      factor[row] = 1 - number;
      error[row] = number;
    }
  }
  BlockTerms block() const { return {factor.data(), along.data(), error.data()}; }
};

// 1 + 2 (row - 2) + 3 (1 - row) - row / 2 = -1.5 row: nothing is rounded, fused or not.
TEST_P(ListKernelsTest, SelectsWhatMayScoreAtMostTheLimit) {
  const Terms terms(kBlockRows);
  for (size_t first = 0; first < kBlockRows; ++first) {
    float lower[kBlockRows];
    const float limit = -1.5F * static_cast<float>(first);
    EXPECT_EQ(GetParam()->select(terms.block(), terms.list, terms.s.data(), limit, lower),
              0xFFFFU << first & 0xFFFFU);
    for (size_t row = 0; row < kBlockRows; ++row) {
      EXPECT_EQ(lower[row], -1.5F * static_cast<float>(row));
    }
  }
}

TEST_P(ListKernelsTest, SelectsNoLaneWithoutARow) {
  for (size_t rows = 0; rows <= kBlockRows; ++rows) {
    Terms terms(rows);
    for (const float along : {2.0F, 0.0F}) {
      terms.list.along = along;
      float lower[kBlockRows];
      constexpr float kEverything = std::numeric_limits<float>::infinity();
      EXPECT_EQ(GetParam()->select(terms.block(), terms.list, terms.s.data(), kEverything, lower),
                (1U << rows) - 1)
          << along;
    }
  }
}

// A fused product is rounded once, others twice.
TEST_P(ListKernelsTest, BoundsScoresButForTheirRounding) {
  std::normal_distribution<float> normal;
  for (int round = 0; round < 100; ++round) {
    Terms terms(kBlockRows);
    terms.list = {normal(random_), normal(random_), std::fabs(normal(random_))};
    for (size_t row = 0; row < kBlockRows; ++row) {
      terms.factor[row] = normal(random_);
      terms.along[row] = normal(random_);
      terms.error[row] = std::fabs(normal(random_));
      terms.s[row] = normal(random_);
    }
    const float limit = normal(random_);
    float lower[kBlockRows];
    const uint32_t chosen =
        GetParam()->select(terms.block(), terms.list, terms.s.data(), limit, lower);
    for (size_t row = 0; row < kBlockRows; ++row) {
      EXPECT_NEAR(lower[row],
                  double{terms.list.base} + double{terms.list.along} * terms.along[row] +
                      double{terms.factor[row]} * terms.s[row] -
                      double{terms.list.error} * terms.error[row],
                  1e-5);
      EXPECT_EQ(chosen >> row & 1, lower[row] <= limit ? 1U : 0U) << row;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, ListKernelsTest, ::testing::ValuesIn(SupportedListKernels()),
                         [](const auto& param) {
                           std::string name = param.param->name;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace stowage
