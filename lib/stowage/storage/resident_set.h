#ifndef STOWAGE_STORAGE_RESIDENT_SET_H_
#define STOWAGE_STORAGE_RESIDENT_SET_H_

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/deferred_calls.h"
#include "loadline/base/mutex.h"
#include "loadline/base/status_macros.h"

namespace stowage {

struct ResidentLimits {
  size_t max_entries = 1;  // at least 1
  size_t max_bytes = std::numeric_limits<size_t>::max();
};

struct ResidentStats {
  size_t entries = 0;  // in memory, those on their way out included
  size_t bytes = 0;    // accounted
  size_t pinned = 0;
  uint64_t hits = 0;   // Acquire() calls that found their entry
  uint64_t loads = 0;  // successful ones
  uint64_t evictions = 0;
};

// The entries of a large family that are in memory right now: at most so many, under one byte
// budget; the one acquired longest ago goes first.
//
// An entry in use is pinned and stays. When all are pinned, the one acquired longest ago takes no
// new users, and goes when its last user leaves: a waiting load cannot starve. An entry is closed
// (destroyed) before its key is loaded again, so a Value may own a file exclusively. Two threads
// that ask for the same absent entry load it once. A load that fails leaves nothing.
//
// Thread-safe. Values are loaded and destroyed outside the lock. A thread that holds a Pin must
// not call Acquire() or Release(): it would wait for itself. (It may call Pin::Grow().)
template <typename Key, typename Value>
class ResidentSet {
  struct Entry;

 public:
  // A user's hold on an entry, ended by destruction. Movable; must not outlive the set, nor leave
  // its thread: until it ends, what the host is to be told on this thread waits.
  class Pin {
   public:
    Pin(Pin&& other) noexcept
        : told_later_(std::move(other.told_later_)),
          set_(other.set_),
          entry_(std::exchange(other.entry_, nullptr)),
          headroom_(std::exchange(other.headroom_, 0)) {}
    Pin& operator=(Pin&&) = delete;
    ~Pin() {
      if (entry_ != nullptr) set_->Unpin(entry_, headroom_);
    }

    Value& operator*() const { return *entry_->value; }
    Value* operator->() const { return entry_->value.get(); }

    // Accounts `bytes` more for this entry, before they are allocated: from the headroom that was
    // asked for with Acquire(), then by evicting unpinned entries. Never waits.
    // kResourceExhausted: does not fit beside the entries that are in use; drop the pin and
    // acquire again with headroom, which waits.
    absl::Status Grow(size_t bytes) { return set_->Grow(entry_, bytes, headroom_); }
    // Gives back bytes that this entry no longer uses.
    void Shrink(size_t bytes) { set_->Shrink(entry_, bytes); }

   private:
    friend class ResidentSet;
    Pin(ResidentSet* set, Entry* entry, size_t headroom)
        : set_(set), entry_(entry), headroom_(headroom) {}

    loadline::DeferredCalls told_later_;  // first: ends after the hold
    ResidentSet* set_;
    Entry* entry_;
    size_t headroom_;
  };

  // Where a load accounts for the memory it is about to allocate.
  class Budget {
   public:
    // The first call of a load evicts and waits until `bytes` are free; later calls do not wait
    // (two loads that each hold a part would wait for each other). kResourceExhausted: more than
    // the whole budget, or, from the second call on, not free.
    absl::Status Reserve(size_t bytes) {
      return set_->Reserve(entry_, bytes, /*may_wait=*/!std::exchange(reserved_, true));
    }

   private:
    friend class ResidentSet;
    Budget(ResidentSet* set, Entry* entry) : set_(set), entry_(entry) {}

    ResidentSet* set_;
    Entry* entry_;
    bool reserved_ = false;
  };

  // Bytes accounted for work beside the entries, given back by destruction. Must not outlive the
  // set.
  class Loan {
   public:
    Loan(ResidentSet* set, size_t bytes) : set_(set), bytes_(bytes) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { set_->GiveBack(bytes_); }

   private:
    ResidentSet* const set_;
    const size_t bytes_;
  };

  using Loader = absl::FunctionRef<absl::StatusOr<std::unique_ptr<Value>>(Budget&)>;

  explicit ResidentSet(ResidentLimits limits) : limits_(limits) { assert(limits.max_entries > 0); }
  // Destroys the entries, the one acquired longest ago first. No pin may be left.
  ~ResidentSet() {
    Clear();
    assert(entries_.empty());
  }
  ResidentSet(const ResidentSet&) = delete;
  ResidentSet& operator=(const ResidentSet&) = delete;

  // Pins the entry, loading it with `load` if it is not in memory; waits for a place. `headroom`
  // bytes are accounted in advance for this pin's Grow() and given back, as far as unused, when
  // it ends. Returns what `load` returned when it failed; kResourceExhausted when the headroom
  // would not fit even if nothing but this entry were in memory.
  absl::StatusOr<Pin> Acquire(const Key& key, Loader load, size_t headroom = 0) {
    const loadline::DeferredCalls told_later;
    loadline::MutexLock lock(mutex_);
    bool hit = true;
    while (true) {
      Entry* entry = Find(key);
      if (entry == nullptr) {
        hit = false;
        absl::StatusOr<Entry*> loaded = Load(key, load);
        if (!loaded.ok()) return std::move(loaded).status();
        entry = *loaded;
      }
      if (entry->state != State::kResident) {
        Wait();
      } else if (Fits(headroom)) {
        if (hit) ++hits_;
        return PinNow(entry, headroom);
      } else if (headroom > limits_.max_bytes - entry->bytes) {
        return Exhausted(headroom, entry->bytes);
      } else {
        EvictOneOrWait(entry);
      }
    }
  }

  // Destroys the entry, waiting for its users; whoever asks for it meanwhile waits and then loads
  // it anew. Waits for a running load, too. Nothing happens if it is not in memory.
  void Release(const Key& key) {
    const loadline::DeferredCalls told_later;
    loadline::MutexLock lock(mutex_);
    while (Entry* entry = Find(key)) {
      if (entry->state == State::kResident) return Expel(entry);
      Wait();
    }
  }

  // Accounts `bytes` before they are allocated, by evicting unpinned entries other than `keep`.
  // Never waits for users. kResourceExhausted: they do not fit beside what is in use.
  absl::StatusOr<std::unique_ptr<Loan>> Borrow(const Key& keep, size_t bytes) {
    const loadline::DeferredCalls told_later;
    loadline::MutexLock lock(mutex_);
    while (!Fits(bytes)) {
      Entry* const victim = Victim(Find(keep), /*pinned_too=*/false);
      if (victim == nullptr) return Exhausted(bytes, bytes_);
      ++evictions_;
      Expel(victim);
    }
    auto loan = std::make_unique<Loan>(this, bytes);
    bytes_ += bytes;
    return loan;
  }

  // Looks at one entry and disturbs no other: calls `resident` with it, pinned, if it is in memory
  // (which does not count as a use), and otherwise `absent`, during which whoever asks for the
  // entry waits. Nothing is loaded, evicted or accounted. Returns what the call returned.
  absl::Status Inspect(const Key& key, absl::FunctionRef<absl::Status(Value&)> resident,
                       absl::FunctionRef<absl::Status()> absent) {
    const loadline::DeferredCalls told_later;
    loadline::MutexLock lock(mutex_);
    Entry* entry = Find(key);
    while (entry != nullptr && entry->state != State::kResident) {
      Wait();
      entry = Find(key);
    }
    if (entry == nullptr) {
      entry = entries_.emplace(key, std::make_unique<Entry>(key)).first->second.get();
      absl::Status status = Unlocked(absent);
      Forget(entry);
      return status;
    }
    ++entry->pins;
    absl::Status status = Unlocked([&] { return resident(*entry->value); });
    --entry->pins;
    if (waiters_ > 0) changed_.NotifyAll();
    return status;
  }

  // Calls `visit(key, value)` for each entry in memory, under the set's lock: for a glance only.
  template <typename Visitor>
  void ForEach(Visitor visit) const {
    loadline::MutexLock lock(mutex_);
    for (const auto& [key, entry] : entries_) {
      if (entry->value != nullptr) visit(key, static_cast<const Value&>(*entry->value));
    }
  }

  bool Contains(const Key& key) const {
    loadline::MutexLock lock(mutex_);
    const Entry* entry = Find(key);
    return entry != nullptr && entry->state == State::kResident;
  }

  ResidentStats Stats() const {
    loadline::MutexLock lock(mutex_);
    ResidentStats stats{.entries = places_,
                        .bytes = bytes_,
                        .pinned = 0,
                        .hits = hits_,
                        .loads = loads_,
                        .evictions = evictions_};
    for (const auto& [key, entry] : entries_) stats.pinned += entry->pins > 0 ? 1 : 0;
    return stats;
  }

 private:
  enum class State {
    kLoading,   // somebody is loading it: wait
    kResident,  // can be pinned; the only state in which it stands in lru_
    kLeaving,   // takes no new users; destroyed after the last: wait, then load anew
  };

  struct Entry {
    explicit Entry(const Key& k) : key(k) {}

    const Key key;
    State state = State::kLoading;
    bool has_place = false;
    size_t pins = 0;
    size_t bytes = 0;
    std::unique_ptr<Value> value;
    typename std::list<Entry*>::iterator position;  // in lru_
  };

  Entry* Find(const Key& key) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : it->second.get();
  }

  bool Fits(size_t bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return bytes <= limits_.max_bytes - bytes_;
  }

  absl::Status Exhausted(size_t wanted, size_t beside) const {
    return absl::ResourceExhaustedError(absl::StrCat("memory budget of ", limits_.max_bytes,
                                                     " bytes: ", wanted, " more do not fit beside ",
                                                     beside, " in use; raise the budget"));
  }

  absl::Status Unlocked(absl::FunctionRef<absl::Status()> call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    mutex_.Unlock();
    absl::Status status = call();
    mutex_.Lock();
    return status;
  }

  void Wait() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ++waiters_;
    changed_.Wait(mutex_);
    --waiters_;
  }

  Pin PinNow(Entry* entry, size_t headroom) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ++entry->pins;
    entry->bytes += headroom;
    bytes_ += headroom;
    lru_.splice(lru_.end(), lru_, entry->position);
    return Pin(this, entry, headroom);
  }

  void Unpin(Entry* entry, size_t unused_headroom) ABSL_LOCKS_EXCLUDED(mutex_) {
    loadline::MutexLock lock(mutex_);
    entry->bytes -= unused_headroom;
    bytes_ -= unused_headroom;
    --entry->pins;
    if (waiters_ > 0) changed_.NotifyAll();
  }

  // Puts the key into the table first, so that others wait for this load instead of making room
  // for their own.
  absl::StatusOr<Entry*> Load(const Key& key, Loader load) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    Entry* entry = entries_.emplace(key, std::make_unique<Entry>(key)).first->second.get();
    while (places_ >= limits_.max_entries) EvictOneOrWait(nullptr);
    ++places_;
    entry->has_place = true;

    mutex_.Unlock();
    Budget budget(this, entry);
    absl::StatusOr<std::unique_ptr<Value>> value = load(budget);
    mutex_.Lock();

    if (!value.ok()) {
      Forget(entry);
      return std::move(value).status();
    }
    ++loads_;
    entry->value = *std::move(value);
    entry->state = State::kResident;
    entry->position = lru_.insert(lru_.end(), entry);
    changed_.NotifyAll();
    return entry;
  }

  // The entry to go next: the longest-unused one without users, else the longest-unused one.
  Entry* Victim(const Entry* keep, bool pinned_too) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    Entry* pinned = nullptr;
    for (Entry* entry : lru_) {
      if (entry == keep) continue;
      if (entry->pins == 0) return entry;
      if (pinned == nullptr) pinned = entry;
    }
    return pinned_too ? pinned : nullptr;
  }

  // One step towards more room; the caller looks again afterwards, as the lock was given up.
  void EvictOneOrWait(const Entry* keep) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (Entry* victim = Victim(keep, /*pinned_too=*/true)) {
      ++evictions_;
      Expel(victim);
    } else {
      Wait();
    }
  }

  void Expel(Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    entry->state = State::kLeaving;
    lru_.erase(entry->position);
    while (entry->pins > 0) Wait();
    std::unique_ptr<Value> value = std::move(entry->value);
    mutex_.Unlock();
    value.reset();
    mutex_.Lock();
    Forget(entry);
  }

  void Forget(Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    bytes_ -= entry->bytes;
    places_ -= entry->has_place ? 1 : 0;
    entries_.erase(Key(entry->key));
    changed_.NotifyAll();
  }

  absl::Status Reserve(Entry* entry, size_t bytes, bool may_wait) ABSL_LOCKS_EXCLUDED(mutex_) {
    loadline::MutexLock lock(mutex_);
    if (bytes > limits_.max_bytes) return Exhausted(bytes, 0);
    while (!Fits(bytes)) {
      Entry* victim = Victim(nullptr, /*pinned_too=*/false);
      if (victim == nullptr && !may_wait) return Exhausted(bytes, bytes_);
      EvictOneOrWait(nullptr);
    }
    entry->bytes += bytes;
    bytes_ += bytes;
    return absl::OkStatus();
  }

  absl::Status Grow(Entry* entry, size_t bytes, size_t& headroom) ABSL_LOCKS_EXCLUDED(mutex_) {
    const size_t from_headroom = bytes < headroom ? bytes : headroom;
    if (bytes > from_headroom) {
      LOADLINE_RETURN_IF_ERROR(Reserve(entry, bytes - from_headroom, /*may_wait=*/false));
    }
    headroom -= from_headroom;
    return absl::OkStatus();
  }

  void Shrink(Entry* entry, size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_) {
    loadline::MutexLock lock(mutex_);
    assert(bytes <= entry->bytes);
    entry->bytes -= bytes;
    bytes_ -= bytes;
    if (waiters_ > 0) changed_.NotifyAll();
  }

  void GiveBack(size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_) {
    loadline::MutexLock lock(mutex_);
    bytes_ -= bytes;
    if (waiters_ > 0) changed_.NotifyAll();
  }

  void Clear() ABSL_LOCKS_EXCLUDED(mutex_) {
    loadline::MutexLock lock(mutex_);
    while (!lru_.empty()) Expel(lru_.front());
  }

  const ResidentLimits limits_;
  mutable loadline::Mutex mutex_;
  loadline::CondVar changed_;  // an entry's state, pins or bytes
  size_t waiters_ ABSL_GUARDED_BY(mutex_) = 0;
  // By pointer: an Entry's address is what pins hold.
  absl::flat_hash_map<Key, std::unique_ptr<Entry>> entries_ ABSL_GUARDED_BY(mutex_);
  std::list<Entry*> lru_ ABSL_GUARDED_BY(mutex_);  // acquired longest ago first
  size_t places_ ABSL_GUARDED_BY(mutex_) = 0;      // entries that count towards max_entries
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t hits_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t loads_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t evictions_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_RESIDENT_SET_H_
