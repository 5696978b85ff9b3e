#ifndef STOWAGE_VECTOR_ROW_PLACES_H_
#define STOWAGE_VECTOR_ROW_PLACES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace stowage {

// Where a row lies among the lists, and what its list does not say of it.
struct RowPlace {
  static constexpr uint32_t kNoList = ~uint32_t{0};

  uint64_t hash() const { return uint64_t{hash_high} << 32 | hash_low; }  // of its vector
  void set_hash(uint64_t hash) {
    hash_low = static_cast<uint32_t>(hash);
    hash_high = static_cast<uint32_t>(hash >> 32);
  }

  uint32_t hash_low = 0;  // in halves, which need no room between places
  uint32_t hash_high = 0;
  uint32_t list = kNoList;
  uint32_t position = 0;
  float length = 0;  // of the residual
};

// The places of rows, by row: as they were when the view was taken. Immutable; thread-safe.
class RowPlaceView {
 public:
  // All rows are below it.
  size_t size() const { return size_; }
  const RowPlace& place(uint32_t row) const { return (*chunks_[row >> kShift])[InChunk(row)]; }

  size_t memory_bytes() const { return chunks_.size() * sizeof(Chunk); }

 protected:
  static constexpr uint32_t kShift = 9;
  using Chunk = std::array<RowPlace, size_t{1} << kShift>;

  static size_t InChunk(uint32_t row) { return row & ((1U << kShift) - 1); }

  std::vector<std::shared_ptr<Chunk>> chunks_;
  size_t size_ = 0;
};

// The same, to be changed: what a view shares is copied first. For one thread at a time.
class RowPlaces : public RowPlaceView {
 public:
  // Another row, which lies nowhere.
  uint32_t Append() {
    const auto row = static_cast<uint32_t>(size_++);
    if (InChunk(row) == 0) {
      chunks_.push_back(std::shared_ptr<Chunk>(new Chunk()));
      shared_.push_back(false);
    }
    return row;
  }

  RowPlace& MutablePlace(uint32_t row) {
    std::shared_ptr<Chunk>& chunk = chunks_[row >> kShift];
    if (shared_[row >> kShift]) chunk = std::shared_ptr<Chunk>(new Chunk(*chunk));
    shared_[row >> kShift] = false;
    return (*chunk)[InChunk(row)];
  }

  RowPlaceView TakeView() {
    shared_.assign(shared_.size(), true);
    return *this;
  }

 private:
  std::vector<bool> shared_;  // by chunk: whether a view has it
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_ROW_PLACES_H_
