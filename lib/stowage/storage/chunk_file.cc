#include "stowage/storage/chunk_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/crc32c.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

struct ChunkFileHeader {
  char magic[8] = {'S', 't', 'C', 'h', 'u', 'n', 'k', 's'};
  uint32_t kind = 0;
  uint32_t version = 0;
};

absl::string_view Bytes(const void* data, size_t size) {
  return {static_cast<const char*>(data), size};
}

uint32_t PrefixCrc(uint64_t number, uint64_t size) {
  return loadline::Crc32c(loadline::Crc32c(0, &number, sizeof(number)), &size, sizeof(size));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChunkWriter>> ChunkWriter::Create(
    const loadline::Directory& directory, absl::string_view name, ChunkFileKind kind) {
  LOADLINE_ASSIGN_OR_RETURN(auto file, loadline::ReplacementFile::Create(directory, name));
  ChunkFileHeader header;
  header.kind = kind.kind;
  header.version = kind.version;
  LOADLINE_RETURN_IF_ERROR(file->Append(Bytes(&header, sizeof(header))));
  return std::unique_ptr<ChunkWriter>(new ChunkWriter(std::move(file)));
}

absl::Status ChunkWriter::Put(uint64_t size, absl::Span<const std::byte> chunk) {
  const ChunkReader::Prefix prefix = {size, PrefixCrc(chunks_, size),
                                      loadline::Crc32c(0, chunk.data(), chunk.size())};
  ++chunks_;
  LOADLINE_RETURN_IF_ERROR(file_->Append(Bytes(&prefix, sizeof(prefix))));
  return file_->Append(Bytes(chunk.data(), chunk.size()));
}

absl::Status ChunkWriter::Write(absl::Span<const std::byte> chunk) {
  return Put(chunk.size(), chunk);
}

absl::Status ChunkWriter::Commit() {
  LOADLINE_RETURN_IF_ERROR(Put(ChunkReader::kEnd, {}));
  return file_->Commit();
}

absl::StatusOr<std::unique_ptr<ChunkReader>> ChunkReader::Open(const loadline::Directory& directory,
                                                               absl::string_view name,
                                                               ChunkFileKind kind) {
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<loadline::File> file, directory.OpenFile(name));
  LOADLINE_ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  ChunkFileHeader header;
  const absl::Status read = file->ReadAt(0, &header, sizeof(header));
  if (!read.ok() && !absl::IsOutOfRange(read)) return read;
  if (!read.ok() || std::memcmp(header.magic, ChunkFileHeader().magic, sizeof(header.magic)) != 0 ||
      header.kind != kind.kind) {
    return absl::DataLossError(absl::StrCat(file->path(), ": is another kind of file"));
  }
  if (header.version > kind.version) {
    return absl::FailedPreconditionError(
        absl::StrCat(file->path(), ": made by a newer version: format ", header.version,
                     ", this program knows up to ", kind.version));
  }
  if (header.version < kind.version) {
    return absl::DataLossError(
        absl::StrCat(file->path(), ": has format ", header.version, ", want ", kind.version));
  }
  std::unique_ptr<ChunkReader> reader(new ChunkReader(std::move(file), size));
  reader->offset_ = sizeof(header);
  return reader;
}

absl::Status ChunkReader::Damaged(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat(file_->path(), ": chunk ", chunks_, " ", what));
}

absl::Status ChunkReader::Take(void* out, size_t size) {
  constexpr size_t kBufferBytes = 64 << 10;
  auto* to = static_cast<std::byte*>(out);
  const size_t buffered = std::min(size, buffer_.size() - buffer_used_);
  std::copy_n(buffer_.begin() + static_cast<ptrdiff_t>(buffer_used_), buffered, to);
  buffer_used_ += buffered;
  offset_ += buffered;
  to += buffered;
  size -= buffered;
  if (size == 0) return absl::OkStatus();
  if (size >= kBufferBytes) {
    LOADLINE_RETURN_IF_ERROR(file_->ReadAt(offset_, to, size));
    offset_ += size;
    return absl::OkStatus();
  }
  buffer_.resize(std::min<uint64_t>(kBufferBytes, size_ - offset_));
  buffer_used_ = 0;
  LOADLINE_RETURN_IF_ERROR(file_->ReadAt(offset_, buffer_.data(), buffer_.size()));
  return Take(to, size);
}

absl::StatusOr<ChunkReader::Prefix> ChunkReader::ReadPrefix() {
  Prefix prefix;
  if (size_ - offset_ < sizeof(prefix)) return Damaged("is missing");
  LOADLINE_RETURN_IF_ERROR(Take(&prefix, sizeof(prefix)));
  if (prefix.prefix_crc != PrefixCrc(chunks_, prefix.size)) return Damaged("is damaged");
  if (prefix.size != kEnd && prefix.size > size_ - offset_) return Damaged("is cut off");
  return prefix;
}

absl::Status ChunkReader::ReadContent(const Prefix& prefix, std::byte* content) {
  LOADLINE_RETURN_IF_ERROR(Take(content, prefix.size));
  if (loadline::Crc32c(0, content, prefix.size) != prefix.crc) return Damaged("is damaged");
  ++chunks_;
  return absl::OkStatus();
}

absl::Status ChunkReader::ReadInto(absl::Span<std::byte> chunk) {
  LOADLINE_ASSIGN_OR_RETURN(const Prefix prefix, ReadPrefix());
  if (prefix.size != chunk.size()) {
    return Damaged(absl::StrCat("has ", prefix.size, " bytes, want ", chunk.size()));
  }
  return ReadContent(prefix, chunk.data());
}

absl::Status ChunkReader::Finish() {
  LOADLINE_ASSIGN_OR_RETURN(const Prefix prefix, ReadPrefix());
  if (prefix.size != kEnd || prefix.crc != 0 || offset_ != size_) {
    return Damaged("should be the end of the file");
  }
  return absl::OkStatus();
}

}  // namespace stowage
