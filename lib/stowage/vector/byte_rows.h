#ifndef STOWAGE_VECTOR_BYTE_ROWS_H_
#define STOWAGE_VECTOR_BYTE_ROWS_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stowage/storage/record_file.h"
#include "stowage/vector/list_query.h"
#include "stowage/vector/residual_code.h"

namespace stowage {

// The second codes of rows, by row, in chunks that are in memory or, once they were saved, in a
// file. A copy shares the rows, and none of them moves. Thread-compatible; a row that nobody
// changes may be read while others are written.
class ByteRows {
 public:
  explicit ByteRows(size_t dim) : ByteRows(dim, 0, nullptr, /*on_disk=*/false) {}
  // Of rows that are in the file, as many as `rows`, and none in memory. `on_disk`: nor are those
  // that come.
  ByteRows(size_t dim, size_t rows, std::shared_ptr<RecordFile> file, bool on_disk);

  static size_t StrideFor(size_t dim) { return sizeof(ByteTerms) + PaddedBytes(dim); }

  // Makes room for `rows` rows in all; what is there does not move.
  void Reserve(size_t rows);
  void Set(uint32_t row, const ListCoding& coding, absl::Span<const float> residual,
           absl::Span<const float> reference);

  // A row's terms and then its codes; null where they are in the file and cannot be read. In
  // `scratch` where they were not in memory.
  const std::byte* Find(uint32_t row, std::vector<std::byte>& scratch) const;
  // Calls visit(i, row) with what Find() gives for each of the rows; those whose numbers follow one
  // another are read from the file together.
  template <typename Visit>
  void ForEach(absl::Span<const uint32_t> rows, std::vector<std::byte>& scratch,
               Visit visit) const {
    for (size_t i = 0; i < rows.size();) {
      const size_t run = RunOnDisk(rows.subspan(i));
      const bool read = run > 1 && file_
                                       ->ReadRun(rows[i], static_cast<uint32_t>(run),
                                                 [&](uint32_t row, auto bytes) {
                                                   visit(i + (row - rows[i]), bytes.data());
                                                 })
                                       .ok();
      const size_t end = i + std::max<size_t>(run, 1);
      for (; i < end && !read; ++i) visit(i, Find(rows[i], scratch));
      i = end;
    }
  }
  static const ByteTerms& Terms(const std::byte* row) {
    return *reinterpret_cast<const ByteTerms*>(row);
  }
  static const uint8_t* Codes(const std::byte* row) {
    return reinterpret_cast<const uint8_t*>(row + sizeof(ByteTerms));
  }
  // Of a row in memory.
  const ByteTerms& terms(uint32_t row) const { return Terms(place(row)); }
  const uint8_t* codes(uint32_t row) const { return Codes(place(row)); }
  void Prefetch(uint32_t row) const;

  // Rows that come into memory together, and whether they are there. As many as fill a power of two
  // bytes, nearly: other sizes are rounded up by allocators, by a quarter at most.
  static size_t ChunkBytesFor(size_t dim) { return std::bit_ceil(64 * StrideFor(dim)); }
  uint32_t chunk_rows() const { return chunk_rows_; }
  size_t ChunkOf(uint32_t row) const { return row / chunk_rows_; }
  size_t chunks() const { return chunks_->size(); }
  bool InMemory(size_t chunk) const { return (*chunks_)[chunk] != nullptr; }
  bool AllInMemory() const;
  // Reads these rows of a chunk from the file. After an error the chunk is as it was.
  absl::Status Load(size_t chunk, absl::Span<const uint32_t> rows);

  bool on_disk() const { return on_disk_; }
  bool AnyInMemory() const;
  // From now on rows are to be in memory: those that come are, others once they are loaded.
  void PutInMemory() { on_disk_ = false; }
  // From now on rows that come are in the file only: its own or, where it has none, this one.
  void PutOnDisk(std::shared_ptr<RecordFile> file) {
    if (file_ == nullptr) file_ = std::move(file);
    on_disk_ = true;
  }

  // From now on rows that are not in memory are in this file.
  void SetFile(std::shared_ptr<RecordFile> file) { file_ = std::move(file); }
  const std::shared_ptr<RecordFile>& file() const { return file_; }
  // Writes a row that is in memory.
  absl::Status Save(uint32_t row, RecordFile& file) const {
    return file.Write(row, {place(row), stride_});
  }

  size_t memory_bytes() const;
  // What memory_bytes() is of so many rows in memory.
  static size_t BytesFor(size_t dim, size_t rows) {
    const size_t in_chunk = ChunkBytesFor(dim) / StrideFor(dim);
    return (rows + in_chunk - 1) / in_chunk * (ChunkBytesFor(dim) + kBesideChunk);
  }

 private:
  using Chunks = std::vector<std::shared_ptr<std::byte[]>>;

  // How many of the first rows follow one another and are not in memory.
  size_t RunOnDisk(absl::Span<const uint32_t> rows) const {
    size_t run = 0;
    while (run < rows.size() && rows[run] == rows[0] + run && !InMemory(ChunkOf(rows[run]))) {
      ++run;
    }
    return run;
  }
  std::byte* place(uint32_t row) const {
    return (*chunks_)[ChunkOf(row)].get() + row % chunk_rows_ * stride_;
  }
  std::shared_ptr<std::byte[]> NewChunk() const {
    return std::shared_ptr<std::byte[]>(new std::byte[chunk_bytes_]);
  }

  static constexpr size_t kBesideChunk = 64;  // what shared_ptr and allocator need

  size_t stride_;
  size_t chunk_bytes_;
  uint32_t chunk_rows_;
  std::shared_ptr<const Chunks> chunks_;  // another one when there are more
  std::shared_ptr<RecordFile> file_;
  bool on_disk_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_BYTE_ROWS_H_
