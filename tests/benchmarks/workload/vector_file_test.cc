#include "benchmarks/workload/vector_file.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/benchmarks/workload/vector_file_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class VectorFileTest : public ::testing::Test {
 protected:
  // The status of reading `bytes` as vectors; its message names the file and contains `message`.
  void ExpectRefused(const std::string& bytes, const std::string& message) {
    EXPECT_THAT(ReadFvecs(dir_.WriteFile("x.fvecs", bytes)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("x.fvecs"), HasSubstr(message))));
  }
  void ExpectIdsRefused(const std::string& bytes, const std::string& message) {
    EXPECT_THAT(ReadIvecs(dir_.WriteFile("x.ivecs", bytes), 10),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("x.ivecs"), HasSubstr(message))));
  }

  TempDir dir_;
};

TEST_F(VectorFileTest, ReadsRows) {
  const auto rows =
      ReadFvecs(dir_.WriteFile("x.fvecs", EncodeRows<float>({{1, 2, 3}, {-4, 5.5, 6}})));
  ASSERT_THAT(rows, IsOk());
  EXPECT_EQ(rows->dimension, 3u);
  EXPECT_EQ(rows->rows(), 2u);
  EXPECT_THAT(rows->values, ElementsAre(1, 2, 3, -4, 5.5, 6));
}

TEST_F(VectorFileTest, ReadsMoreThanOneBuffer) {
  std::vector<std::vector<float>> many(3000, std::vector<float>(500));
  for (size_t i = 0; i < many.size(); ++i) many[i][499] = static_cast<float>(i);
  const auto rows = ReadFvecs(dir_.WriteFile("x.fvecs", EncodeRows<float>(many)));
  ASSERT_THAT(rows, IsOk());
  ASSERT_EQ(rows->rows(), 3000u);
  EXPECT_EQ(rows->values.back(), 2999.0f);
}

TEST_F(VectorFileTest, RefusesAnEmptyFile) { ExpectRefused("", "byte 0: has 0 bytes"); }

TEST_F(VectorFileTest, RefusesCountsOutOfRange) {
  ExpectRefused(std::string(8, '\0'), "byte 0: a row of 0 values");
  ExpectRefused("\xFF\xFF\xFF\xFF", "byte 0: a row of -1 values");
  ExpectRefused(EncodeRows<float>({std::vector<float>(65'536)}), "a row of 65536 values");
}

TEST_F(VectorFileTest, RefusesAFileThatEndsWithinARow) {
  std::string bytes = EncodeRows<float>({{1, 2, 3}, {4, 5, 6}});
  bytes.pop_back();
  ExpectRefused(bytes, "byte 16: the last row has 15 bytes, want 16");
}

TEST_F(VectorFileTest, RefusesAnotherCountFurtherOn) {
  std::string bytes = EncodeRows<float>({{1, 2, 3}, {4, 5, 6}});
  bytes[16] = 2;
  ExpectRefused(bytes, "byte 16: a row of 2 values after rows of 3");
}

TEST_F(VectorFileTest, RefusesValuesThatAreNotFinite) {
  const float nan = std::nanf("");
  const float infinity = std::numeric_limits<float>::infinity();
  ExpectRefused(EncodeRows<float>({{1, 2, 3}, {4, nan, 6}}), "byte 24: value 1 of row 1 is nan");
  ExpectRefused(EncodeRows<float>({{-infinity}}), "byte 4: value 0 of row 0 is -inf");
}

TEST_F(VectorFileTest, NamesAFileThatIsNotThereOrNotAFile) {
  EXPECT_THAT(ReadFvecs(dir_.Path("none.fvecs")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.fvecs")));
  EXPECT_FALSE(ReadFvecs(dir_.path()).ok());
}

TEST_F(VectorFileTest, ReadsIds) {
  const auto ids = ReadIvecs(dir_.WriteFile("x.ivecs", EncodeRows<int32_t>({{9, 0}, {3, 4}})), 10);
  ASSERT_THAT(ids, IsOk());
  EXPECT_THAT(ids->values, ElementsAre(9, 0, 3, 4));
}

TEST_F(VectorFileTest, RefusesIdsOutOfRange) {
  ExpectIdsRefused(EncodeRows<int32_t>({{9, 0}, {3, 10}}), "byte 20: row 1 names vector 10 of 10");
  ExpectIdsRefused(EncodeRows<int32_t>({{-1}}), "byte 4: row 0 names vector -1 of 10");
}

TEST_F(VectorFileTest, RefusesAnIdTwiceInARow) {
  ExpectIdsRefused(EncodeRows<int32_t>({{1, 2}, {5, 5}}), "row 1 names vector 5 twice");
}

}  // namespace
}  // namespace loadline::workload
