#include "loadline/harness/held_benchmarks.h"

#include <benchmark/benchmark.h>

#if defined(LOADLINE_REGISTER_SYMBOL)

#include <cstdlib>
#include <utility>
#include <vector>

#include "loadline/turns/turn_channel.h"

namespace loadline::harness {
namespace {

// What registers a family takes it as a Benchmark*, since 1.9.4 as a unique_ptr.
template <typename Function>
struct Signature;
template <typename Family, typename Owner>
struct Signature<Family*(Owner)> {
  using FamilyType = Family;
  using OwnerType = Owner;
};
using Register = Signature<decltype(benchmark::internal::RegisterBenchmarkInternal)>;

struct Held {
  Register::OwnerType owner;  // until it is registered
  Register::FamilyType* family;
};

// Never destroyed: families are registered by other translation units' initialisers.
std::vector<Held>& AllHeld() {
  static auto* held = new std::vector<Held>;
  return *held;
}

}  // namespace
}  // namespace loadline::harness

// The names that the linker's --wrap gives to the function and to what stands in for it.
loadline::harness::Register::FamilyType* LoadlineRegisterNow(
    loadline::harness::Register::OwnerType family) __asm__("__real_" LOADLINE_REGISTER_SYMBOL);
loadline::harness::Register::FamilyType* LoadlineRegister(
    loadline::harness::Register::OwnerType family) __asm__("__wrap_" LOADLINE_REGISTER_SYMBOL);

loadline::harness::Register::FamilyType* LoadlineRegister(
    loadline::harness::Register::OwnerType owner) {
  if (std::getenv(loadline::turns::kTurnsVariable) == nullptr) {
    return LoadlineRegisterNow(std::move(owner));
  }
  auto* const family = &*owner;
  loadline::harness::AllHeld().push_back({std::move(owner), family});
  return family;
}

namespace loadline::harness {

size_t HeldBenchmarks::count() { return AllHeld().size(); }
void HeldBenchmarks::Register(size_t index) {
  Held& held = AllHeld()[index];
  // A slice is a run: its mean over repetitions alone would not say how long it took.
  held.family->ReportAggregatesOnly(false);
  LoadlineRegisterNow(std::move(held.owner));
}
void HeldBenchmarks::SetIterations(size_t index, int64_t iterations) {
  AllHeld()[index].family->Iterations(iterations);
}

}  // namespace loadline::harness

#else

namespace loadline::harness {

size_t HeldBenchmarks::count() { return 0; }
void HeldBenchmarks::Register(size_t) {}
void HeldBenchmarks::SetIterations(size_t, int64_t) {}

}  // namespace loadline::harness

#endif
