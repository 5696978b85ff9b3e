#ifndef LOADLINE_BASE_DEFERRED_CALLS_H_
#define LOADLINE_BASE_DEFERRED_CALLS_H_

#include <functional>

namespace loadline {

// While one of these lives, calls of the host's code that become due on this thread wait: what it
// wants from us may be what this thread holds. They run, in their order, when the last one of the
// thread ends. To be declared before what must be let go of first: a lock, a place in a queue.
//
// Movable, on its thread.
class DeferredCalls {
 public:
  DeferredCalls();
  DeferredCalls(DeferredCalls&& other) noexcept;
  DeferredCalls& operator=(DeferredCalls&&) = delete;
  ~DeferredCalls();

 private:
  bool counted_ = true;
};

// Runs `call` now or, within a DeferredCalls of this thread, when that ends. It must not throw, and
// what it refers to must live until then.
void CallOutside(std::function<void()> call);

}  // namespace loadline

#endif  // LOADLINE_BASE_DEFERRED_CALLS_H_
