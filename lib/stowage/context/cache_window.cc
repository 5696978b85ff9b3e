#include "stowage/context/cache_window.h"

#include <utility>

namespace stowage {

void CacheWindow::Put(const std::string& key, int64_t put_order, CacheValuePtr value) {
  Erase(key);
  key_bytes_ += 2 * key.size();  // held by both tables
  value_bytes_ += value->size();
  orders_.emplace(key, put_order);
  entries_.emplace_hint(entries_.end(), put_order, Entry{key, std::move(value)});
  while (entries_.size() > max_entries_) Erase(entries_.begin());
  for (auto it = entries_.begin(); value_bytes_ > max_value_bytes_; ++it) DropValue(it->second);
}

void CacheWindow::Erase(absl::string_view key) {
  const auto order = orders_.find(key);
  if (order != orders_.end()) Erase(entries_.find(order->second));
}

void CacheWindow::Erase(Entries::iterator it) {
  DropValue(it->second);
  key_bytes_ -= 2 * it->second.key.size();
  orders_.erase(it->second.key);
  entries_.erase(it);
}

void CacheWindow::DropValue(Entry& entry) {
  if (entry.value == nullptr) return;
  value_bytes_ -= entry.value->size();
  entry.value = nullptr;
}

void CacheWindow::Clear() {
  entries_.clear();
  orders_.clear();
  key_bytes_ = 0;
  value_bytes_ = 0;
}

CacheValuePtr CacheWindow::Find(absl::string_view key) const {
  const auto order = orders_.find(key);
  return order == orders_.end() ? nullptr : entries_.find(order->second)->second.value;
}

}  // namespace stowage
