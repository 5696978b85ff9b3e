#ifndef STOWAGE_STORAGE_CHUNK_FILE_H_
#define STOWAGE_STORAGE_CHUNK_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/directory.h"
#include "loadline/base/file.h"
#include "loadline/base/replacement_file.h"
#include "loadline/base/status_macros.h"

namespace stowage {

// What a chunk file says that it is.
struct ChunkFileKind {
  uint32_t kind = 0;     // of file, as SQLite's application_id
  uint32_t version = 0;  // of what the chunks hold
};

// Writes a file of chunks aside, each with a checksum over its content and its place, and puts it
// in the place of `name` at the end: see loadline::ReplacementFile and docs/formats.md, "Chunk
// files". For one thread.
class ChunkWriter {
 public:
  static absl::StatusOr<std::unique_ptr<ChunkWriter>> Create(const loadline::Directory& directory,
                                                             absl::string_view name,
                                                             ChunkFileKind kind);

  // One chunk, of any size.
  absl::Status Write(absl::Span<const std::byte> chunk);
  template <typename T>
  absl::Status WriteAll(absl::Span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    return Write({reinterpret_cast<const std::byte*>(values.data()), values.size() * sizeof(T)});
  }
  absl::Status Commit();

 private:
  explicit ChunkWriter(std::unique_ptr<loadline::ReplacementFile> file) : file_(std::move(file)) {}
  absl::Status Put(uint64_t size, absl::Span<const std::byte> chunk);

  const std::unique_ptr<loadline::ReplacementFile> file_;
  uint64_t chunks_ = 0;
};

// Reads the chunks in the order in which they were written. Everything that differs from what was
// written is kDataLoss, naming the file and the chunk. For one thread.
class ChunkReader {
 public:
  // kNotFound; kFailedPrecondition: of a newer version; kDataLoss: of another kind.
  static absl::StatusOr<std::unique_ptr<ChunkReader>> Open(const loadline::Directory& directory,
                                                           absl::string_view name,
                                                           ChunkFileKind kind);

  // The next chunk, which must hold as many values as `values`.
  template <typename T>
  absl::Status ReadAll(absl::Span<T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    return ReadInto({reinterpret_cast<std::byte*>(values.data()), values.size() * sizeof(T)});
  }
  // The next chunk, of any whole number of values. A chunk is never larger than the file.
  template <typename T>
  absl::StatusOr<std::vector<T>> ReadVector() {
    static_assert(std::is_trivially_copyable_v<T>);
    LOADLINE_ASSIGN_OR_RETURN(const Prefix prefix, ReadPrefix());
    if (prefix.size == kEnd) return Damaged("is missing");
    if (prefix.size % sizeof(T) != 0) return Damaged("is no whole number of values");
    std::vector<T> values(prefix.size / sizeof(T));
    LOADLINE_RETURN_IF_ERROR(ReadContent(prefix, reinterpret_cast<std::byte*>(values.data())));
    return values;
  }
  // That all was read.
  absl::Status Finish();

 private:
  explicit ChunkReader(std::unique_ptr<loadline::File> file, uint64_t size)
      : file_(std::move(file)), size_(size) {}

  struct Prefix {
    uint64_t size = 0;        // of the chunk; kEnd behind the last one
    uint32_t prefix_crc = 0;  // of size and the chunk's number
    uint32_t crc = 0;         // of the content
  };
  friend class ChunkWriter;
  static constexpr uint64_t kEnd = ~uint64_t{0};

  // Of a chunk that ends within the file.
  absl::StatusOr<Prefix> ReadPrefix();
  absl::Status ReadInto(absl::Span<std::byte> chunk);
  absl::Status ReadContent(const Prefix& prefix, std::byte* content);
  // The next bytes of the file, small pieces by way of the buffer.
  absl::Status Take(void* out, size_t size);
  absl::Status Damaged(absl::string_view what) const;

  const std::unique_ptr<loadline::File> file_;
  const uint64_t size_;
  uint64_t offset_ = 0;  // of what Take() gives next
  std::vector<std::byte> buffer_;
  size_t buffer_used_ = 0;
  uint64_t chunks_ = 0;
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_CHUNK_FILE_H_
