#include "loadline/base/deferred_calls.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace loadline {
namespace {

using Calls = std::vector<std::function<void()>>;

thread_local size_t scopes = 0;
// Made when a call has to wait and freed when it has run: a variable with a destructor would be
// gone while what is static in the program still closes its files and logs.
thread_local Calls* waiting = nullptr;

}  // namespace

DeferredCalls::DeferredCalls() { ++scopes; }

DeferredCalls::DeferredCalls(DeferredCalls&& other) noexcept
    : counted_(std::exchange(other.counted_, false)) {}

DeferredCalls::~DeferredCalls() {
  if (!counted_ || --scopes > 0) return;
  // Each call may defer others: those run when its own scopes end.
  const std::unique_ptr<Calls> calls(std::exchange(waiting, nullptr));
  if (calls == nullptr) return;
  for (const std::function<void()>& call : *calls) call();
}

void CallOutside(std::function<void()> call) {
  if (scopes == 0) return call();
  if (waiting == nullptr) waiting = std::make_unique<Calls>().release();
  waiting->push_back(std::move(call));
}

}  // namespace loadline
