#ifndef STOWAGE_VECTOR_SHARED_BLOCKS_H_
#define STOWAGE_VECTOR_SHARED_BLOCKS_H_

#include <algorithm>
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
    if (size_ == segments_.size() * kSegmentBlocks) {
      segments_.push_back(NewSegment());
      own_.push_back(true);
    }
    ++size_;
    std::fill_n(MutableBlock(size_ - 1), block_bytes_, std::byte{0});
  }
  void RemoveLast() {
    --size_;
    if (size_ % kSegmentBlocks != 0) return;
    segments_.pop_back();
    own_.pop_back();
  }

  size_t memory_bytes() const { return BytesFor(segments_.size(), block_bytes_); }
  // Of so many segments, with what the allocator needs for each.
  static size_t BytesFor(size_t segments, size_t block_bytes) {
    constexpr size_t kBeside = 64;
    return segments * (kSegmentBlocks * block_bytes + kBeside);
  }

 private:
  size_t SegmentBytes() const { return kSegmentBlocks * block_bytes_; }
  std::shared_ptr<std::byte[]> NewSegment() const {
    return std::shared_ptr<std::byte[]>(new std::byte[SegmentBytes()]);
  }
  void Own(size_t i) {
    if (own_[i]) return;
    const std::shared_ptr<std::byte[]> shared = segments_[i];
    const size_t blocks = std::min(kSegmentBlocks, size_ - i * kSegmentBlocks);
    segments_[i] = NewSegment();
    std::copy_n(shared.get(), blocks * block_bytes_, segments_[i].get());
    own_[i] = true;
  }

  size_t block_bytes_;
  size_t size_ = 0;
  std::vector<std::shared_ptr<std::byte[]>> segments_;
  std::vector<bool> own_;  // by segment: nobody else has it
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_SHARED_BLOCKS_H_
