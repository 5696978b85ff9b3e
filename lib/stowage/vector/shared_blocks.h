#ifndef STOWAGE_VECTOR_SHARED_BLOCKS_H_
#define STOWAGE_VECTOR_SHARED_BLOCKS_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <vector>

namespace stowage {

// Blocks of one size, in segments of a few that a copy shares with what it was copied from: a
// change copies only the segment that it touches. What was copied from must not change any more.
// Thread-compatible.
class SharedBlocks {
 public:
  static constexpr size_t kSegmentBlocks = 4;

  explicit SharedBlocks(size_t block_bytes) : block_bytes_(block_bytes) {}
  SharedBlocks(const SharedBlocks& other)
      : block_bytes_(other.block_bytes_),
        size_(other.size_),
        segments_(other.segments_),
        own_(other.segments_.size()) {}
  SharedBlocks(SharedBlocks&&) = default;
  SharedBlocks& operator=(const SharedBlocks&) = delete;
  SharedBlocks& operator=(SharedBlocks&&) = delete;

  size_t size() const { return size_; }
  size_t block_bytes() const { return block_bytes_; }
  const std::byte* block(size_t i) const {
    return segments_[i / kSegmentBlocks].get() + i % kSegmentBlocks * block_bytes_;
  }
  std::byte* MutableBlock(size_t i) {
    Own(i / kSegmentBlocks);
    return segments_[i / kSegmentBlocks].get() + i % kSegmentBlocks * block_bytes_;
  }

  // Of zeros.
  void Append() {
    const size_t in_last = size_ % kSegmentBlocks;
    if (in_last == 0) {
      segments_.emplace_back();
      own_.push_back(false);
    }
    if (std::has_single_bit(in_last) || in_last == 0) Reallocate(in_last, in_last + 1);
    ++size_;
    std::fill_n(MutableBlock(size_ - 1), block_bytes_, std::byte{0});
  }
  void RemoveLast() {
    --size_;
    const size_t in_last = size_ % kSegmentBlocks;
    if (in_last != 0) {
      if (std::has_single_bit(in_last)) Reallocate(in_last, in_last);
      return;
    }
    segments_.pop_back();
    own_.pop_back();
  }

  size_t memory_bytes() const { return BytesFor(size_, block_bytes_); }
  // Of so many blocks, with what the allocator needs for each segment.
  static size_t BytesFor(size_t blocks, size_t block_bytes) {
    constexpr size_t kBeside = 64;
    const size_t in_last = blocks % kSegmentBlocks;
    const size_t room = blocks - in_last + (in_last == 0 ? 0 : std::bit_ceil(in_last));
    return room * block_bytes + (blocks + kSegmentBlocks - 1) / kSegmentBlocks * kBeside;
  }

 private:
  // The last segment becomes one's own, with room for so many blocks, of which these are there.
  void Reallocate(size_t there, size_t room) { Replace(segments_.size() - 1, there, room); }
  void Own(size_t i) {
    if (own_[i]) return;
    const size_t blocks = std::min(kSegmentBlocks, size_ - i * kSegmentBlocks);
    Replace(i, blocks, blocks);
  }
  // Rooms are powers of two: most lists are small beside a segment, or end in the midst of one.
  void Replace(size_t i, size_t there, size_t room) {
    const std::shared_ptr<std::byte[]> before = std::move(segments_[i]);
    segments_[i] = std::shared_ptr<std::byte[]>(new std::byte[std::bit_ceil(room) * block_bytes_]);
    std::copy_n(before.get(), there * block_bytes_, segments_[i].get());
    own_[i] = true;
  }

  size_t block_bytes_;
  size_t size_ = 0;
  std::vector<std::shared_ptr<std::byte[]>> segments_;
  std::vector<bool> own_;  // by segment: nobody else has it
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_SHARED_BLOCKS_H_
