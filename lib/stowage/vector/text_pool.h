#ifndef STOWAGE_VECTOR_TEXT_POOL_H_
#define STOWAGE_VECTOR_TEXT_POOL_H_

#include <cstddef>
#include <string>

#include "absl/container/node_hash_map.h"
#include "absl/strings/string_view.h"

namespace stowage {

// Texts that many entries share (file names, languages), each held once and counted by its uses. A
// text stays where it is while it is used. Thread-compatible.
class TextPool {
 public:
  // The text, with one use more, or several.
  const std::string* Acquire(absl::string_view text, size_t uses = 1) {
    const auto [place, added] = uses_.try_emplace(std::string(text), 0);
    if (added) bytes_ += BytesFor(text.size());
    place->second += uses;
    return &place->first;
  }
  void Release(const std::string* text) {
    const auto place = uses_.find(*text);
    if (--place->second > 0) return;
    bytes_ -= BytesFor(text->size());
    uses_.erase(place);
  }
  // Null where nobody uses it.
  const std::string* Find(absl::string_view text) const {
    const auto place = uses_.find(text);
    return place == uses_.end() ? nullptr : &place->first;
  }

  size_t memory_bytes() const { return bytes_; }
  // What one more distinct text of this size costs, at most: short ones lie inside the string.
  static size_t BytesFor(size_t text_size) {
    constexpr size_t kNode = sizeof(std::string) + sizeof(size_t) + 16;
    return kNode + 3 * sizeof(void*) + (text_size > 15 ? text_size + 16 : 0);
  }

 private:
  absl::node_hash_map<std::string, size_t> uses_;
  size_t bytes_ = 0;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_TEXT_POOL_H_
