// Benchmarks of the standard library, to hold a program against a copy of itself: whatever differs
// is the machine's.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

using benchmark::DoNotOptimize;
using benchmark::State;

std::vector<unsigned> Numbers(size_t count) {
  std::mt19937 random(7);
  std::vector<unsigned> numbers(count);
  for (unsigned& number : numbers) number = static_cast<unsigned>(random());
  return numbers;
}

template <typename Change>
void CopyAnd(State& state, size_t count, Change change) {
  const std::vector<unsigned> numbers = Numbers(count);
  for (auto _ : state) {
    std::vector<unsigned> copy = numbers;
    change(copy);
    DoNotOptimize(copy.data());
  }
}
void Sort256(State& state) {
  CopyAnd(state, 256, [](auto& copy) { std::sort(copy.begin(), copy.end()); });
}
BENCHMARK(Sort256);
void StableSort1000(State& state) {
  CopyAnd(state, 1000, [](auto& copy) { std::stable_sort(copy.begin(), copy.end()); });
}
BENCHMARK(StableSort1000);
void NthElement4096(State& state) {
  CopyAnd(state, 4096,
          [](auto& copy) { std::nth_element(copy.begin(), copy.begin() + 2048, copy.end()); });
}
BENCHMARK(NthElement4096);

template <typename Map>
void Find(State& state) {
  const std::vector<unsigned> numbers = Numbers(1000);
  Map map;
  for (const unsigned number : numbers) map[number] = number;
  size_t next = 0;
  for (auto _ : state) DoNotOptimize(map.find(numbers[next++ % numbers.size()]));
}
BENCHMARK_TEMPLATE(Find, std::map<unsigned, unsigned>);
BENCHMARK_TEMPLATE(Find, std::unordered_map<unsigned, unsigned>);

template <typename Set>
void Insert100(State& state) {
  const std::vector<unsigned> numbers = Numbers(100);
  for (auto _ : state) {
    Set set;
    for (const unsigned number : numbers) set.insert({number, number});
    DoNotOptimize(set.size());
  }
}
BENCHMARK_TEMPLATE(Insert100, std::unordered_map<unsigned, unsigned>);
BENCHMARK_TEMPLATE(Insert100, std::set<std::pair<unsigned, unsigned>>);

void ListSum1000(State& state) {
  const std::vector<unsigned> numbers = Numbers(1000);
  const std::list<unsigned> list(numbers.begin(), numbers.end());
  for (auto _ : state) DoNotOptimize(std::accumulate(list.begin(), list.end(), 0U));
}
BENCHMARK(ListSum1000);
void DequePushPop(State& state) {
  std::deque<int> deque(100);
  for (auto _ : state) {
    deque.push_back(1);
    DoNotOptimize(deque.front());
    deque.pop_front();
  }
}
BENCHMARK(DequePushPop);
void VectorPushBack1000(State& state) {
  for (auto _ : state) {
    std::vector<int> vector;
    for (int i = 0; i < 1000; ++i) vector.push_back(i);
    DoNotOptimize(vector.data());
  }
}
BENCHMARK(VectorPushBack1000);

void StringAppend(State& state) {
  for (auto _ : state) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "abc";
    DoNotOptimize(text.data());
  }
}
BENCHMARK(StringAppend);
void StringFind(State& state) {
  const std::string text = std::string(4000, 'a') + "needle";
  for (auto _ : state) DoNotOptimize(text.find("needle"));
}
BENCHMARK(StringFind);
void ToString(State& state) {
  unsigned number = 0;
  for (auto _ : state) DoNotOptimize(std::to_string(number += 7919));
}
BENCHMARK(ToString);
void ParseDouble(State& state) {
  for (auto _ : state) DoNotOptimize(std::stod("3.14159265358979"));
}
BENCHMARK(ParseDouble);
void StringStream(State& state) {
  for (auto _ : state) {
    std::ostringstream out;
    out << 12 << ' ' << 3.5 << "x";
    DoNotOptimize(out.str());
  }
}
BENCHMARK(StringStream);
void RegexMatch(State& state) {
  const std::regex pattern("([a-z]+)@([a-z]+)\\.com");
  const std::string text = "somebody@example.com";
  for (auto _ : state) DoNotOptimize(std::regex_match(text, pattern));
}
BENCHMARK(RegexMatch);

void CopyBytes(State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  std::vector<char> from(size, 'a');
  std::vector<char> to(size);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), size);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(CopyBytes)->Arg(4096)->Arg(1 << 20);
void DotProduct384(State& state) {
  const std::vector<float> a(384, 1.5F);
  const std::vector<float> b(384, 2);
  for (auto _ : state) DoNotOptimize(std::inner_product(a.begin(), a.end(), b.begin(), 0.0F));
}
BENCHMARK(DotProduct384);
void Sine(State& state) {
  double value = 0;
  for (auto _ : state) DoNotOptimize(value = std::sin(value + 1));
}
BENCHMARK(Sine);
void Random(State& state) {
  std::mt19937 random;
  for (auto _ : state) DoNotOptimize(random());
}
BENCHMARK(Random);
void PointerChase(State& state) {
  std::vector<size_t> next(1 << 15);
  std::iota(next.begin(), next.end(), size_t{0});
  std::mt19937 random(3);
  for (size_t i = next.size() - 1; i > 0; --i) std::swap(next[i], next[random() % i]);
  size_t at = 0;
  for (auto _ : state) DoNotOptimize(at = next[at]);
}
BENCHMARK(PointerChase);

void Allocate(State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  for (auto _ : state) DoNotOptimize(std::make_unique_for_overwrite<char[]>(size).get());
}
BENCHMARK(Allocate)->Arg(64)->Arg(100'000);
void LockMutex(State& state) {
  std::mutex mutex;
  for (auto _ : state) {
    const std::lock_guard lock(mutex);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(LockMutex);
void CopySharedPointer(State& state) {
  const auto pointer = std::make_shared<int>(3);
  for (auto _ : state) {
    auto copy = pointer;
    DoNotOptimize(copy);
  }
}
BENCHMARK(CopySharedPointer);

}  // namespace
