#include "stowage/vector/row_values.h"

#include <algorithm>
#include <utility>

#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

using loadline::MutexLock;

constexpr size_t kCacheBytes = 64 << 10;
constexpr size_t kLeastCacheRows = 4;

absl::Span<const std::byte> BytesOf(absl::Span<const float> values) {
  return {reinterpret_cast<const std::byte*>(values.data()), values.size() * sizeof(float)};
}

}  // namespace

RowValues::RowValues(absl::StatusOr<std::unique_ptr<RecordFile>> file, size_t dimension)
    : file_(std::move(file)),
      dimension_(dimension),
      cached_rows_(CacheRows(dimension), kNone),
      cached_(cached_rows_.size() * dimension) {}

size_t RowValues::CacheRows(size_t dimension) {
  return std::max(kLeastCacheRows, kCacheBytes / (dimension * sizeof(float) + sizeof(uint32_t)));
}

size_t RowValues::BytesFor(size_t dimension) {
  return sizeof(RowValues) + CacheRows(dimension) * (dimension * sizeof(float) + sizeof(uint32_t));
}

std::shared_ptr<RowValues> RowValues::Create(const loadline::Directory& folder,
                                             absl::string_view name, size_t dimension) {
  return std::shared_ptr<RowValues>(
      new RowValues(RecordFile::Create(folder, name, dimension * sizeof(float)), dimension));
}

absl::StatusOr<std::shared_ptr<RowValues>> RowValues::Open(const loadline::Directory& folder,
                                                           absl::string_view name,
                                                           size_t dimension) {
  auto file = RecordFile::Open(folder, name, dimension * sizeof(float));
  LOADLINE_RETURN_IF_ERROR(file.status());
  return std::shared_ptr<RowValues>(new RowValues(std::move(file), dimension));
}

void RowValues::Write(uint32_t row, absl::Span<const float> values) {
  Uncache(row);
  if (file_.ok()) (*file_)->Write(row, BytesOf(values)).IgnoreError();  // reading says so
}

absl::Status RowValues::Read(uint32_t row, absl::Span<float> values) const {
  if (ReadCached(row, values)) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(file_.status());
  LOADLINE_RETURN_IF_ERROR((*file_)->Read(
      row, {reinterpret_cast<std::byte*>(values.data()), values.size() * sizeof(float)}));
  Cache(row, values);
  return absl::OkStatus();
}

bool RowValues::ReadCached(uint32_t row, absl::Span<float> values) const {
  const size_t place = row % cached_rows_.size();
  MutexLock lock(locks_[place % kLocks]);
  if (cached_rows_[place] != row) return false;
  const auto begin = cached_.begin() + static_cast<ptrdiff_t>(place * dimension_);
  std::copy_n(begin, dimension_, values.begin());
  return true;
}

void RowValues::Cache(uint32_t row, absl::Span<const float> values) const {
  const size_t place = row % cached_rows_.size();
  MutexLock lock(locks_[place % kLocks]);
  std::copy(values.begin(), values.end(),
            cached_.begin() + static_cast<ptrdiff_t>(place * dimension_));
  cached_rows_[place] = row;
}

void RowValues::Uncache(uint32_t row) {
  const size_t place = row % cached_rows_.size();
  MutexLock lock(locks_[place % kLocks]);
  if (cached_rows_[place] == row) cached_rows_[place] = kNone;
}

}  // namespace stowage
