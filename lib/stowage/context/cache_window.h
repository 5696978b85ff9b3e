#ifndef STOWAGE_CONTEXT_CACHE_WINDOW_H_
#define STOWAGE_CONTEXT_CACHE_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace stowage {

using CacheValuePtr = std::shared_ptr<const std::string>;

// All keys of a project's analysis cache and, as far as they fit into a byte budget, the values
// that were put last. Holds at most `max_entries` keys: the one put longest ago goes first. Not
// thread-safe.
class CacheWindow {
 public:
  CacheWindow(size_t max_entries, size_t max_value_bytes)
      : max_entries_(max_entries), max_value_bytes_(max_value_bytes) {}

  // `put_order` is greater than that of any entry here.
  void Put(const std::string& key, int64_t put_order, CacheValuePtr value);
  void Erase(absl::string_view key);
  void Clear();

  bool Contains(absl::string_view key) const { return orders_.contains(key); }
  // Null if the value is not in memory, or there is no such key.
  CacheValuePtr Find(absl::string_view key) const;

  size_t size() const { return entries_.size(); }
  size_t bytes() const { return key_bytes_ + value_bytes_; }

 private:
  struct Entry {
    std::string key;
    CacheValuePtr value;
  };
  using Entries = std::map<int64_t, Entry>;

  void Erase(Entries::iterator it);
  void DropValue(Entry& entry);

  const size_t max_entries_;
  const size_t max_value_bytes_;
  Entries entries_;  // by put order
  absl::flat_hash_map<std::string, int64_t> orders_;
  size_t key_bytes_ = 0;
  size_t value_bytes_ = 0;
};

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_CACHE_WINDOW_H_
