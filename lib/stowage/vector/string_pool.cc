#include "stowage/vector/string_pool.h"

namespace stowage {

uint32_t StringPool::Acquire(absl::string_view text) {
  if (const auto found = numbers_.find(text); found != numbers_.end()) {
    ++entries_[found->second].uses;
    return found->second;
  }
  if (free_.empty()) {
    // Room in free_ for every entry, so that Release() allocates nothing and cannot fail.
    free_.reserve(entries_.size() + 1);
    entries_.emplace_back();
    free_.push_back(static_cast<uint32_t>(entries_.size() - 1));
  }
  const uint32_t number = free_.back();
  entries_[number].text = std::string(text);
  numbers_.emplace(std::string(text), number);
  entries_[number].uses = 1;
  free_.pop_back();
  text_bytes_ += BytesFor(text.size());
  return number;
}

void StringPool::Release(uint32_t number) {
  Entry& entry = entries_[number];
  if (--entry.uses > 0) return;
  numbers_.erase(entry.text);
  text_bytes_ -= BytesFor(entry.text.size());
  entry.text = std::string();
  free_.push_back(number);
}

std::optional<uint32_t> StringPool::Find(absl::string_view text) const {
  const auto found = numbers_.find(text);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

size_t StringPool::BytesFor(size_t text_size) {
  // The text twice (list and map; short ones lie inside the string object), both entries, the
  // map's spare places, and what an allocator adds.
  constexpr size_t kEntries = sizeof(Entry) + sizeof(uint32_t) + 2 * (sizeof(std::string) + 16);
  return kEntries + (text_size > 15 ? 2 * (text_size + 16) : 0);
}

}  // namespace stowage
