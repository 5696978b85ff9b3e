#include "stowage/context/cache_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stowage {
namespace {

CacheValuePtr Sized(size_t bytes) { return std::make_shared<const std::string>(bytes, 'v'); }

TEST(CacheWindow, FindsWhatWasPutLast) {
  CacheWindow cache(10, 1'000);
  cache.Put("k", 1, std::make_shared<const std::string>("old"));
  cache.Put("k", 2, std::make_shared<const std::string>("new"));
  EXPECT_EQ(*cache.Find("k"), "new");
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.Find("other"), nullptr);
}

TEST(CacheWindow, ForgetsTheKeyPutLongestAgo) {
  CacheWindow cache(2, 1'000);
  cache.Put("a", 1, Sized(1));
  cache.Put("b", 2, Sized(1));
  cache.Put("a", 3, Sized(1));
  cache.Put("c", 4, Sized(1));
  EXPECT_TRUE(cache.Contains("a"));
  EXPECT_FALSE(cache.Contains("b"));
  EXPECT_TRUE(cache.Contains("c"));
}

TEST(CacheWindow, KeepsKeysButNotOldValuesBeyondTheBudget) {
  CacheWindow cache(10, 100);
  cache.Put("a", 1, Sized(60));
  cache.Put("b", 2, Sized(60));
  EXPECT_TRUE(cache.Contains("a"));
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_NE(cache.Find("b"), nullptr);
  cache.Put("c", 3, Sized(101));
  EXPECT_TRUE(cache.Contains("c"));
  EXPECT_EQ(cache.Find("c"), nullptr);
}

TEST(CacheWindow, AccountsForWhatItHolds) {
  CacheWindow cache(10, 100);
  cache.Put("key", 1, Sized(60));
  EXPECT_EQ(cache.bytes(), 60u + 2 * 3);
  cache.Erase("key");
  cache.Erase("key");
  EXPECT_EQ(cache.bytes(), 0u);
  cache.Put("key", 2, Sized(60));
  cache.Clear();
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace stowage
