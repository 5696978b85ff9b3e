#include "stowage/vector/lifetime.h"

#include <memory>
#include <thread>

#include "gtest/gtest.h"

namespace stowage {
namespace {

TEST(Lifetime, IsOverWithItsObject) {
  auto lifetime = std::make_unique<Lifetime>();
  const Lifetime::Watch watch = lifetime->watch();
  EXPECT_FALSE(watch.over());
  lifetime.reset();
  EXPECT_TRUE(watch.over());
}

TEST(Lifetime, OfNothingIsOver) { EXPECT_TRUE(Lifetime::Watch().over()); }

// For ThreadSanitizer: with std::weak_ptr::expired() in its place this is a race.
TEST(Lifetime, IsOverAfterWhatWasDoneWithTheObject) {
  struct Shared {
    Lifetime lifetime;
  };
  for (int round = 0; round < 200; ++round) {
    int value = 0;
    auto shared = std::make_shared<const Shared>();
    const Lifetime::Watch watch = shared->lifetime.watch();
    std::thread reader([own = shared, &value]() mutable {
      EXPECT_EQ(value, 0);
      own.reset();
    });
    shared.reset();
    while (!watch.over()) std::this_thread::yield();
    value = 1;
    reader.join();
  }
}

}  // namespace
}  // namespace stowage
