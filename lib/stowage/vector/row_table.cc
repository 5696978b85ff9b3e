#include "stowage/vector/row_table.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace stowage {
namespace {

// Large enough that a block is few allocations per row, small enough that a store of a few rows
// wastes little: 128 rows, 250 KiB, at 384 dimensions.
constexpr size_t kBlockTargetBytes = 256 * 1024;
constexpr uint32_t kMaxBlockShift = 10;

constexpr size_t AlignedTo64(size_t bytes) { return (bytes + 63) / 64 * 64; }

size_t RowBytes(size_t dimension) {
  return CodeBytes(dimension) + dimension * sizeof(float) + sizeof(RowMeta);
}

}  // namespace

uint32_t RowTable::BlockShift(size_t dimension) {
  uint32_t shift = 0;
  while (shift < kMaxBlockShift && (RowBytes(dimension) << (shift + 1)) <= kBlockTargetBytes) {
    ++shift;
  }
  return shift;
}

size_t RowTable::BlockBytes(size_t dimension) {
  const size_t rows = size_t{1} << BlockShift(dimension);
  return AlignedTo64(rows * CodeBytes(dimension)) + AlignedTo64(rows * dimension * sizeof(float)) +
         rows * sizeof(RowMeta);
}

size_t RowTable::PredictBytes(size_t dimension, size_t rows) {
  const size_t per_block = size_t{1} << BlockShift(dimension);
  return (rows + per_block - 1) / per_block * BlockBytes(dimension);
}

float EncodeRow(const StoreConfig& config, absl::Span<const float> values, std::byte* code) {
  float factor = 1;
  if (config.metric == Metric::kCosine) {
    factor =
        static_cast<float>(1 / std::sqrt(DotInDouble(values.data(), values.data(), values.size())));
  }
  EncodeInt8(values, factor, code);
  return factor;
}

RowTable::RowTable(const StoreConfig& config)
    : config_(config),
      shift_(BlockShift(config.dimension)),
      code_stride_(CodeBytes(config.dimension)),
      values_offset_(AlignedTo64(code_stride_ << shift_)),
      meta_offset_(values_offset_ + AlignedTo64((config.dimension * sizeof(float)) << shift_)) {}

absl::Status RowTable::Reserve(size_t rows) {
  const size_t before = blocks_.size();
  try {
    while (capacity() < rows) {
      blocks_.emplace_back(
          static_cast<std::byte*>(::operator new[](BlockBytes(config_.dimension), kAlignment)));
    }
  } catch (const std::bad_alloc&) {
    blocks_.resize(before);
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for ", rows, " vectors of dimension ", config_.dimension, " (",
                     PredictBytes(config_.dimension, rows), " bytes)"));
  }
  return absl::OkStatus();
}

void RowTable::Append(const float* values, const std::byte* code, const RowMeta& meta) {
  const auto slot = static_cast<uint32_t>(size_);
  std::memcpy(MutableCode(slot), code, code_stride_);
  std::memcpy(MutableValues(slot), values, config_.dimension * sizeof(float));
  new (&Meta(slot)) RowMeta(meta);
  max_norm_ = std::max(max_norm_, HeaderOf(code).norm);
  ++size_;
}

void RowTable::SetDead(uint32_t slot) {
  Meta(slot).dead = true;
  ++dead_count_;
}

void RowTable::MoveLastTo(uint32_t slot) {
  const auto last = static_cast<uint32_t>(size_ - 1);
  if (Meta(slot).dead) --dead_count_;
  if (slot != last) {
    std::memcpy(MutableCode(slot), code(last), code_stride_);
    std::memcpy(MutableValues(slot), values(last), config_.dimension * sizeof(float));
    Meta(slot) = Meta(last);
  }
  --size_;
}

void RowTable::Shrink(size_t rows) {
  const size_t needed = (rows + rows_per_block() - 1) >> shift_;
  if (blocks_.size() > needed) blocks_.resize(needed);
}

CodeView RowTable::code_view() const {
  CodeView view;
  view.shift = shift_;
  view.stride = code_stride_;
  for (const auto& bytes : blocks_) view.blocks.push_back(bytes.get());
  return view;
}

}  // namespace stowage
