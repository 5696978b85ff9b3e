#include "stowage/vector/int8_code.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "stowage/vector/vector_types.h"

namespace stowage {
namespace {

struct Code {
  std::vector<CodeHeader> storage;
  const std::byte* bytes() const { return reinterpret_cast<const std::byte*>(storage.data()); }
};

Code Encode(const std::vector<float>& values, float factor = 1) {
  Code code{std::vector<CodeHeader>(CodeBytes(values.size()) / sizeof(CodeHeader))};
  EncodeInt8(values, factor, reinterpret_cast<std::byte*>(code.storage.data()));
  return code;
}

TEST(Int8Code, KeepsEachComponentWithinHalfAStep) {
  const std::vector<float> values = {-2.0F, -0.5F, 0.0F, 0.013F, 1.27F, 2.0F};
  const Code code = Encode(values);
  const CodeHeader& header = HeaderOf(code.bytes());
  EXPECT_FLOAT_EQ(header.scale, 2.0F / 127);
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(header.scale * CodesOf(code.bytes())[i], values[i], header.scale * 0.501F) << i;
  }
}

TEST(Int8Code, FillsThePaddingWithZeros) {
  const Code code = Encode(std::vector<float>(100, 1.0F));
  for (size_t i = 100; i < PaddedDimension(100); ++i) EXPECT_EQ(CodesOf(code.bytes())[i], 0) << i;
  EXPECT_EQ(HeaderOf(code.bytes()).sum, 127 * 100);
}

TEST(Int8Code, OfZerosIsZeros) {
  const Code code = Encode(std::vector<float>(5, 0.0F));
  EXPECT_EQ(HeaderOf(code.bytes()).norm, 0);
  EXPECT_EQ(HeaderOf(code.bytes()).sum, 0);
}

TEST(Int8Code, OfTheSmallestFloatsLosesThemIntoTheResidual) {
  const float smallest = std::nextafter(0.0F, 1.0F);
  const Code code = Encode(std::vector<float>(5, smallest));
  const CodeHeader& header = HeaderOf(code.bytes());
  EXPECT_TRUE(std::isfinite(header.scale));
  EXPECT_EQ(header.sum, 0);
}

TEST(Int8Code, StatesNormAndResidualOfTheScaledVector) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  std::vector<float> values(200);
  for (float& value : values) value = normal(random);
  const Code code = Encode(values, 0.25F);
  const CodeHeader& header = HeaderOf(code.bytes());
  double norm = 0;
  double residual = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = 0.25 * double{values[i]};
    const double lost = value - double{header.scale} * CodesOf(code.bytes())[i];
    norm += value * value;
    residual += lost * lost;
  }
  EXPECT_NEAR(header.norm, std::sqrt(norm), 1e-5);
  EXPECT_NEAR(header.residual, std::sqrt(residual), 1e-7);
  EXPECT_GE(double{header.residual}, std::sqrt(residual));
}

// The promise that makes scans by code exact.
TEST(Int8Code, DistanceErrorBoundHoldsOnHostileVectors) {
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  for (const Metric metric : {Metric::kSquaredL2, Metric::kInnerProduct, Metric::kCosine}) {
    for (int trial = 0; trial < 2000; ++trial) {
      const size_t dimension = 1 + random() % 130;
      // Scales far apart, and single components that dwarf the others.
      const float scale = std::pow(10.0F, static_cast<float>(random() % 13) - 6);
      std::vector<float> row(dimension);
      std::vector<float> query(dimension);
      for (float& x : row) x = scale * normal(random);
      for (float& x : query) x = normal(random);
      if (trial % 3 == 0) row[0] *= 1000;
      if (trial % 5 == 0) query = row;
      const EncodedQuery encoded = EncodeQuery(query, metric);
      const double norm = std::sqrt(DotInDouble(row.data(), row.data(), dimension));
      const float factor = metric == Metric::kCosine ? static_cast<float>(1 / norm) : 1.0F;
      const Code code = Encode(row, factor);
      const int32_t dot =
          ActiveKernels().dot_int8(CodesOf(encoded.code_bytes()), CodesOf(code.bytes()),
                                   PaddedDimension(dimension), HeaderOf(code.bytes()).sum);
      const CodeHeader& of_query = HeaderOf(encoded.code_bytes());
      const CodeHeader& of_row = HeaderOf(code.bytes());
      const float exact =
          metric == Metric::kSquaredL2
              ? ActiveKernels().squared_l2(encoded.values.data(), row.data(), dimension)
              : 1 - ActiveKernels().dot(encoded.values.data(), row.data(), dimension) * factor;
      EXPECT_LE(std::fabs(CodeDistance(metric, of_query, of_row, dot) - exact),
                CodeDistanceError(metric, of_query, of_row))
          << MetricName(metric) << " trial " << trial << " dimension " << dimension;
    }
  }
}

}  // namespace
}  // namespace stowage
