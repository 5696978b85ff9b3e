#include "tools/loadline/results/result_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::results {
namespace {

TEST(ResultFile, IsIncompleteUnlessItPlainlySaysNot) {
  ResultFile file;
  EXPECT_FALSE(file.incomplete());
  file.context = {{"loadline.incomplete", "false"}};
  EXPECT_FALSE(file.incomplete());
  for (Json value : {Json("true"), Json(true), Json("yes"), Json(1), Json()}) {
    file.context = {{"loadline.incomplete", value}};
    EXPECT_TRUE(file.incomplete());
  }
}

TEST(Row, GivesItsTimesAsCounters) {
  Row row;
  row.real_time_ns = 5;
  EXPECT_EQ(row.Counter("real_time_ns"), 5);
  EXPECT_EQ(row.Counter("cpu_time_ns"), std::nullopt);
}

}  // namespace
}  // namespace loadline::results
