#include "stowage/storage/record_file.h"

#include <cstring>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/crc32c.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

struct RecordFileHeader {
  char magic[8] = {'S', 't', 'R', 'e', 'c', 'o', 'r', 'd'};
  uint32_t version = 1;
  uint32_t record_bytes = 0;
  uint32_t crc = 0;  // of the above
};
// Records begin at a page, so that short ones seldom lie across two.
constexpr uint64_t kFirstRecord = 4096;

uint32_t HeaderCrc(const RecordFileHeader& header) {
  return loadline::Crc32c(0, &header, offsetof(RecordFileHeader, crc));
}

uint32_t RecordCrc(uint32_t number, const void* record, size_t size) {
  return loadline::Crc32c(loadline::Crc32c(0, &number, sizeof(number)), record, size);
}

// Kept from call to call by each thread.
std::vector<std::byte>& Scratch(size_t bytes) {
  thread_local std::vector<std::byte> scratch;
  if (scratch.size() < bytes) scratch.resize(bytes);
  return scratch;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordFile>> RecordFile::Create(const loadline::Directory& directory,
                                                               absl::string_view name,
                                                               size_t record_bytes) {
  LOADLINE_RETURN_IF_ERROR(directory.RemoveFile(name));
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<loadline::File> file, directory.CreateFile(name));
  RecordFileHeader header;
  header.record_bytes = static_cast<uint32_t>(record_bytes);
  header.crc = HeaderCrc(header);
  LOADLINE_RETURN_IF_ERROR(file->WriteAt(0, &header, sizeof(header)));
  return std::unique_ptr<RecordFile>(
      new RecordFile(directory, name, std::move(file), record_bytes));
}

RecordFile::~RecordFile() {
  if (!keep_) directory_.RemoveFile(name_).IgnoreError();  // the caller's next opening does
}

absl::StatusOr<std::unique_ptr<RecordFile>> RecordFile::Open(const loadline::Directory& directory,
                                                             absl::string_view name,
                                                             size_t record_bytes) {
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<loadline::File> file, directory.OpenFile(name));
  std::unique_ptr<RecordFile> records(
      new RecordFile(directory, name, std::move(file), record_bytes));
  records->Keep(true);
  LOADLINE_RETURN_IF_ERROR(records->CheckHeader());
  return records;
}

absl::Status RecordFile::CheckHeader() const {
  RecordFileHeader found;
  const absl::Status read = file_->ReadAt(0, &found, sizeof(found));
  if (!read.ok() && !absl::IsOutOfRange(read)) return read;
  RecordFileHeader want;
  want.record_bytes = static_cast<uint32_t>(record_bytes_);
  want.crc = HeaderCrc(want);
  if (read.ok() && std::memcmp(&found, &want, sizeof(want)) == 0) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(path(), ": not a file of records of ", record_bytes_, " bytes"));
}

uint64_t RecordFile::OffsetOf(uint32_t number) const {
  return kFirstRecord + uint64_t{number} * stride();
}

absl::Status RecordFile::Write(uint32_t number, absl::Span<const std::byte> record) {
  std::vector<std::byte>& scratch = Scratch(stride());
  std::memcpy(scratch.data(), record.data(), record_bytes_);
  const uint32_t crc = RecordCrc(number, record.data(), record_bytes_);
  std::memcpy(scratch.data() + record_bytes_, &crc, sizeof(crc));
  absl::Status written = file_->WriteAt(OffsetOf(number), scratch.data(), stride());
  SetLost(number, !written.ok());
  return written;
}

void RecordFile::SetLost(uint32_t number, bool lost) {
  if (!lost && !any_lost_.load(std::memory_order_relaxed)) return;
  loadline::MutexLock lock(lost_mutex_);
  if (lost) {
    lost_.insert(number);
  } else {
    lost_.erase(number);
  }
  any_lost_.store(!lost_.empty(), std::memory_order_relaxed);
}

bool RecordFile::AnyLost(uint32_t first, uint32_t count) const {
  if (!any_lost_.load(std::memory_order_relaxed)) return false;
  loadline::MutexLock lock(lost_mutex_);
  return absl::c_any_of(lost_, [&](uint32_t number) { return number - first < count; });
}

absl::Status RecordFile::CheckRecord(uint32_t number, const std::byte* record) const {
  uint32_t crc = 0;
  std::memcpy(&crc, record + record_bytes_, sizeof(crc));
  if (crc == RecordCrc(number, record, record_bytes_)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(path(), ": record ", number, " is damaged"));
}

absl::Status RecordFile::Read(uint32_t number, absl::Span<std::byte> record) const {
  return ReadRun(number, 1, [&](uint32_t, absl::Span<const std::byte> found) {
    std::memcpy(record.data(), found.data(), found.size());
  });
}

absl::Status RecordFile::ReadRun(
    uint32_t first, uint32_t count,
    absl::FunctionRef<void(uint32_t, absl::Span<const std::byte>)> visit) const {
  if (AnyLost(first, count)) {
    return absl::DataLossError(
        absl::StrCat(path(), ": a record from ", first, " on could not be written"));
  }
  const size_t bytes = count * stride();
  std::vector<std::byte>& scratch = Scratch(bytes);
  const absl::Status read = file_->ReadAt(OffsetOf(first), scratch.data(), bytes);
  if (absl::IsOutOfRange(read)) {
    return absl::DataLossError(
        absl::StrCat(path(), ": record ", first + count - 1, " was never written"));
  }
  LOADLINE_RETURN_IF_ERROR(read);
  for (uint32_t i = 0; i < count; ++i) {
    LOADLINE_RETURN_IF_ERROR(CheckRecord(first + i, &scratch[i * stride()]));
  }
  for (uint32_t i = 0; i < count; ++i) {
    visit(first + i, absl::MakeConstSpan(&scratch[i * stride()], record_bytes_));
  }
  return absl::OkStatus();
}

absl::Status RecordFile::Sync() {
  if (any_lost_.load(std::memory_order_relaxed)) {
    return absl::DataLossError(absl::StrCat(path(), ": some records could not be written"));
  }
  return file_->Sync();
}

}  // namespace stowage
