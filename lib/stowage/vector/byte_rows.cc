#include "stowage/vector/byte_rows.h"

#include <algorithm>
#include <cstring>

#include "loadline/base/status_macros.h"

namespace stowage {

ByteRows::ByteRows(size_t dim, size_t rows, std::shared_ptr<RecordFile> file, bool on_disk)
    : stride_(StrideFor(dim)),
      chunk_bytes_(ChunkBytesFor(dim)),
      chunk_rows_(static_cast<uint32_t>(chunk_bytes_ / stride_)),
      chunks_(std::make_shared<const Chunks>((rows + chunk_rows_ - 1) / chunk_rows_)),
      file_(std::move(file)),
      on_disk_(on_disk) {}

void ByteRows::Reserve(size_t rows) {
  if (chunks_->size() * chunk_rows_ >= rows) return;
  Chunks more = *chunks_;
  while (more.size() * chunk_rows_ < rows) more.push_back(on_disk_ ? nullptr : NewChunk());
  chunks_ = std::make_shared<const Chunks>(std::move(more));
}

void ByteRows::Set(uint32_t row, const ListCoding& coding, absl::Span<const float> residual,
                   absl::Span<const float> reference) {
  const bool in_memory = InMemory(ChunkOf(row));
  std::vector<std::byte> aside(in_memory ? 0 : stride_);
  std::byte* const bytes = in_memory ? place(row) : aside.data();
  const ByteTerms coded = EncodeBytes(coding.squared_l2(), residual, reference,
                                      reinterpret_cast<uint8_t*>(bytes + sizeof(ByteTerms)));
  std::memcpy(bytes, &coded, sizeof(coded));
  // Where that fails, Find() finds nothing.
  if (!in_memory) file_->Write(row, aside).IgnoreError();
}

const std::byte* ByteRows::Find(uint32_t row, std::vector<std::byte>& scratch) const {
  if (InMemory(ChunkOf(row))) return place(row);
  scratch.resize(stride_);
  return file_->Read(row, absl::MakeSpan(scratch)).ok() ? scratch.data() : nullptr;
}

void ByteRows::Prefetch(uint32_t row) const {
  if (!InMemory(ChunkOf(row))) return;
  const std::byte* const bytes = place(row);
  for (size_t i = 0; i < stride_; i += 64) __builtin_prefetch(bytes + i);
}

bool ByteRows::AllInMemory() const {
  return std::none_of(chunks_->begin(), chunks_->end(),
                      [](const auto& chunk) { return chunk == nullptr; });
}

bool ByteRows::AnyInMemory() const {
  return std::any_of(chunks_->begin(), chunks_->end(),
                     [](const auto& chunk) { return chunk != nullptr; });
}

absl::Status ByteRows::Load(size_t chunk, absl::Span<const uint32_t> rows) {
  const std::shared_ptr<std::byte[]> loaded = NewChunk();
  for (const uint32_t row : rows) {
    LOADLINE_RETURN_IF_ERROR(
        file_->Read(row, {loaded.get() + row % chunk_rows_ * stride_, stride_}));
  }
  Chunks more = *chunks_;
  more[chunk] = loaded;
  chunks_ = std::make_shared<const Chunks>(std::move(more));
  return absl::OkStatus();
}

size_t ByteRows::memory_bytes() const {
  const auto there = std::count_if(chunks_->begin(), chunks_->end(),
                                   [](const auto& chunk) { return chunk != nullptr; });
  return static_cast<size_t>(there) * (chunk_bytes_ + kBesideChunk);
}

}  // namespace stowage
