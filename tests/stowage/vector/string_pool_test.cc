#include "stowage/vector/string_pool.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace stowage {
namespace {

TEST(StringPool, GivesOneNumberToEqualTexts) {
  StringPool pool;
  const uint32_t a = pool.Acquire("a.cc");
  const uint32_t b = pool.Acquire("b.cc");
  EXPECT_NE(a, b);
  EXPECT_EQ(pool.Acquire("a.cc"), a);
  EXPECT_EQ(pool.text(a), "a.cc");
  EXPECT_EQ(pool.Find("b.cc"), b);
}

TEST(StringPool, ForgetsATextWithItsLastUse) {
  StringPool pool;
  const uint32_t a = pool.Acquire("a.cc");
  pool.Acquire("a.cc");
  pool.Release(a);
  EXPECT_EQ(pool.Find("a.cc"), a);
  pool.Release(a);
  EXPECT_EQ(pool.Find("a.cc"), std::nullopt);
  EXPECT_EQ(pool.memory_bytes(), 0U);
}

TEST(StringPool, UsesNumbersAgain) {
  StringPool pool;
  for (int i = 0; i < 1000; ++i) pool.Release(pool.Acquire("file" + std::to_string(i)));
  EXPECT_EQ(pool.size(), 1U);
}

}  // namespace
}  // namespace stowage
