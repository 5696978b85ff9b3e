#ifndef STOWAGE_VECTOR_LIFETIME_H_
#define STOWAGE_VECTOR_LIFETIME_H_

#include <atomic>
#include <memory>
#include <utility>

namespace stowage {

// A member by which others see that its object is gone. When they do, all that any thread did with
// the object happened before: std::weak_ptr::expired() does not promise that. Thread-safe.
class Lifetime {
 public:
  // Of nothing, which is over, or of one object.
  class Watch {
   public:
    Watch() = default;
    bool over() const { return over_ == nullptr || over_->load(std::memory_order_acquire); }

   private:
    friend class Lifetime;
    explicit Watch(std::shared_ptr<const std::atomic<bool>> over) : over_(std::move(over)) {}
    std::shared_ptr<const std::atomic<bool>> over_;
  };

  Lifetime() : over_(std::make_shared<std::atomic<bool>>(false)) {}
  Lifetime(const Lifetime&) = delete;
  Lifetime& operator=(const Lifetime&) = delete;
  ~Lifetime() { over_->store(true, std::memory_order_release); }

  Watch watch() const { return Watch(over_); }

 private:
  const std::shared_ptr<std::atomic<bool>> over_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LIFETIME_H_
