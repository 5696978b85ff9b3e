#ifndef STOWAGE_VECTOR_ROW_TABLE_H_
#define STOWAGE_VECTOR_ROW_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stowage/vector/int8_code.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// What a row holds beside its vector. Texts are numbers in a StringPool.
struct RowMeta {
  uint64_t id = 0;
  int64_t first_line = 0;
  int64_t last_line = 0;
  uint32_t file = 0;
  uint32_t language = 0;
  float factor = 1;   // the vector as the metric sees it is factor * values; 1 but under kCosine
  bool dead = false;  // removed, and kept only because a graph still names the slot
};

// Where the codes of a table's slots lie; stays valid while the slots do.
struct CodeView {
  std::vector<const std::byte*> blocks;
  uint32_t shift = 0;  // log2 of the rows in a block
  size_t stride = 0;   // bytes from one code to the next

  const std::byte* code(uint32_t slot) const {
    return blocks[slot >> shift] + (slot & ((1U << shift) - 1)) * stride;
  }
};

// The code of a row of `values`, which are valid for the store's metric; writes
// CodeBytes(dimension) bytes at `code`, aligned to 16. Returns RowMeta::factor.
float EncodeRow(const StoreConfig& config, absl::Span<const float> values, std::byte* code);

// The rows of one store in memory: code, vector and meta of slots 0, 1, 2... in blocks of a fixed
// size, so that growing allocates what it adds, copies nothing and moves no row.
//
// Thread-compatible. A slot's code stays where and as it is until MoveLastTo() overwrites it or
// drops it.
class RowTable {
 public:
  explicit RowTable(const StoreConfig& config);

  const StoreConfig& config() const { return config_; }
  size_t size() const { return size_; }  // slots in use, dead ones included
  size_t dead_count() const { return dead_count_; }
  size_t live_count() const { return size_ - dead_count_; }
  size_t capacity() const { return blocks_.size() << shift_; }

  // Makes room for `rows` rows in all. kResourceExhausted when memory runs out; then nothing has
  // changed.
  absl::Status Reserve(size_t rows);

  // Copies the row into slot size(), which is below capacity(). `code` and meta.factor come from
  // EncodeRow().
  void Append(const float* values, const std::byte* code, const RowMeta& meta);
  // Marks a live row as removed and leaves it in its slot.
  void SetDead(uint32_t slot);
  // Overwrites `slot` with the last row and drops the last slot.
  void MoveLastTo(uint32_t slot);
  // Gives back the blocks that hold none of the first `rows` slots; rows >= size().
  void Shrink(size_t rows);

  const float* values(uint32_t slot) const {
    return reinterpret_cast<const float*>(block(slot) + values_offset_) +
           in_block(slot) * config_.dimension;
  }
  const std::byte* code(uint32_t slot) const { return MutableCode(slot); }
  const RowMeta& meta(uint32_t slot) const { return Meta(slot); }
  CodeView code_view() const;
  // The largest norm that was ever written, as the metric sees it.
  float max_norm() const { return max_norm_; }

  size_t rows_per_block() const { return size_t{1} << shift_; }
  size_t memory_bytes() const { return blocks_.size() * BlockBytes(config_.dimension); }
  // What memory_bytes() would be after Reserve(rows).
  static size_t PredictBytes(size_t dimension, size_t rows);

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct FreeBlock {
    void operator()(std::byte* bytes) const { ::operator delete[](bytes, kAlignment); }
  };

  static uint32_t BlockShift(size_t dimension);
  static size_t BlockBytes(size_t dimension);

  std::byte* block(uint32_t slot) const { return blocks_[slot >> shift_].get(); }
  uint32_t in_block(uint32_t slot) const { return slot & ((1U << shift_) - 1); }
  std::byte* MutableCode(uint32_t slot) const {
    return block(slot) + in_block(slot) * code_stride_;
  }
  float* MutableValues(uint32_t slot) const {
    return reinterpret_cast<float*>(block(slot) + values_offset_) +
           in_block(slot) * config_.dimension;
  }
  RowMeta& Meta(uint32_t slot) const {
    return reinterpret_cast<RowMeta*>(block(slot) + meta_offset_)[in_block(slot)];
  }

  const StoreConfig config_;
  const uint32_t shift_;
  const size_t code_stride_;
  const size_t values_offset_;
  const size_t meta_offset_;
  std::vector<std::unique_ptr<std::byte[], FreeBlock>> blocks_;
  size_t size_ = 0;
  size_t dead_count_ = 0;
  float max_norm_ = 0;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_ROW_TABLE_H_
