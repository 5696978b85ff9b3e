#include "loadline/harness/shared_fixture.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/harness/counters.h"

namespace loadline::harness {
namespace {

struct Slot {
  const void* type = nullptr;
  std::string key;
  absl::StatusOr<std::shared_ptr<void>> fixture;
};

struct Store {
  // Held while a fixture is built, because the other threads want that very fixture; recursive,
  // because building one may ask for another.
  std::recursive_mutex mutex;
  std::vector<Slot> slots;  // in the order in which they were finished

  ~Store() { ReleaseAll(); }
  // The last one first: it may stand on an earlier one.
  void ReleaseAll() {
    while (!slots.empty()) slots.pop_back();
  }
};

Store& TheStore() {
  static Store store;
  return store;
}

}  // namespace

void ReleaseSharedFixtures() {
  Store& store = TheStore();
  const std::lock_guard<std::recursive_mutex> lock(store.mutex);
  store.ReleaseAll();
}

namespace internal {

absl::StatusOr<std::shared_ptr<void>> FindOrBuildFixture(
    const void* type, absl::string_view key,
    absl::FunctionRef<absl::StatusOr<std::shared_ptr<void>>()> build) {
  Store& store = TheStore();
  const std::lock_guard<std::recursive_mutex> lock(store.mutex);
  const auto found = std::find_if(store.slots.begin(), store.slots.end(),
                                  [&](const Slot& slot) { return slot.type == type; });
  if (found != store.slots.end()) {
    if (found->key == key) return found->fixture;
    store.slots.erase(found);  // before the new one is built: never two in memory
  }
  store.slots.push_back({type, std::string(key), build()});
  return store.slots.back().fixture;
}

void SkipBecauseOf(benchmark::State& state, absl::string_view key, const absl::Status& status) {
  const std::string message =
      absl::StrCat("building fixture \"", key, "\" failed: ", status.ToString());
  state.SkipWithError(SanitizeText(message).c_str());
}

}  // namespace internal
}  // namespace loadline::harness
