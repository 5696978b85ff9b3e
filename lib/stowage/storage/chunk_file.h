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

  // The next chunk. A chunk is never larger than the file.
  absl::StatusOr<std::vector<std::byte>> Read();
  // The next chunk, which must have exactly this size.
  absl::Status ReadInto(absl::Span<std::byte> chunk);
  template <typename T>
  absl::Status ReadAll(absl::Span<T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    return ReadInto({reinterpret_cast<std::byte*>(values.data()), values.size() * sizeof(T)});
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

  absl::StatusOr<Prefix> ReadPrefix();
  absl::Status ReadContent(const Prefix& prefix, std::byte* content);
  absl::Status Damaged(absl::string_view what) const;

  const std::unique_ptr<loadline::File> file_;
  const uint64_t size_;
  uint64_t offset_ = 0;
  uint64_t chunks_ = 0;
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_CHUNK_FILE_H_
