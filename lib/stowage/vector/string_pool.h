#ifndef STOWAGE_VECTOR_STRING_POOL_H_
#define STOWAGE_VECTOR_STRING_POOL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace stowage {

// Texts that many rows share (file names, languages), each held once and counted by its uses.
// Thread-compatible: const calls may run together.
class StringPool {
 public:
  // The number of `text`, adding one use. Numbers are small and reused once unused.
  uint32_t Acquire(absl::string_view text);
  void Release(uint32_t number);

  const std::string& text(uint32_t number) const { return entries_[number].text; }
  // Numbers are below this; some may be unused, with an empty text.
  size_t size() const { return entries_.size(); }
  // The number of `text`, if it is here.
  std::optional<uint32_t> Find(absl::string_view text) const;

  size_t memory_bytes() const { return text_bytes_; }
  // What holding one more distinct text of this size costs, at most.
  static size_t BytesFor(size_t text_size);

 private:
  struct Entry {
    std::string text;
    size_t uses = 0;
  };

  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;
  absl::flat_hash_map<std::string, uint32_t> numbers_;
  size_t text_bytes_ = 0;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_STRING_POOL_H_
