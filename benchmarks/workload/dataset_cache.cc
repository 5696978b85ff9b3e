#include "benchmarks/workload/dataset_cache.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/workload/dataset_encoder.h"
#include "benchmarks/workload/dataset_stamp.h"
#include "benchmarks/workload/file_descriptor.h"
#include "loadline/base/directory.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"

namespace loadline::workload {
namespace {

constexpr size_t kMaxStampBytes = 256 << 20;

std::string DatasetName(const ContentKey& key) { return absl::StrCat(key.ToHex(), ".dataset"); }

// What cannot be used is made anew: but never without saying so, unless it just was not there.
void ReportUnusable(const std::string& file, const absl::Status& status) {
  if (absl::IsNotFound(status)) return;
  Log({.level = LogLevel::kWarning,
       .component = "workload",
       .message = "a cached file is of no use and is made anew",
       .fields = {{"file", file}, {"status", status.ToString()}}});
}

// Held until the descriptor is closed; the OS lets go of it when the process dies.
absl::StatusOr<FileDescriptor> LockFolder(const Directory& folder) {
  const std::string path = folder.path() + "/build.lock";
  FileDescriptor fd(
      ::openat(folder.fd(), "build.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, absl::StrCat("lock ", path));
  }
  return fd;
}

class Cache {
 public:
  Cache(const Directory& folder, DatasetSource& source, const DatasetOptions& options)
      : folder_(folder),
        source_(source),
        options_(options),
        stamp_name_(absl::StrCat(source.RequestKey().ToHex(), ".stamp")) {}

  absl::StatusOr<CachedDataset> Open() {
    if (auto dataset = OpenStamped()) return CachedDataset{std::move(dataset), false};
    LOADLINE_ASSIGN_OR_RETURN(const FileDescriptor lock, LockFolder(folder_));
    // Another process may have made it while we waited.
    if (auto dataset = OpenStamped()) return CachedDataset{std::move(dataset), false};
    LOADLINE_ASSIGN_OR_RETURN(DatasetSource::Inputs inputs, source_.Inspect());
    const ContentKey key = inputs.key;
    std::unique_ptr<const Dataset> dataset = TryOpen(key);
    const bool built = dataset == nullptr;
    if (built) {
      LOADLINE_RETURN_IF_ERROR(Build(key));
      LOADLINE_ASSIGN_OR_RETURN(dataset, Dataset::Open(PathOf(key), options_));
    }
    LOADLINE_RETURN_IF_ERROR(WriteStamp({.key = key, .watched = std::move(inputs.watched)}));
    return CachedDataset{std::move(dataset), built};
  }

  // Null when the folder has no set for the present inputs.
  std::unique_ptr<const Dataset> OpenStamped() const {
    const std::optional<ContentKey> key = StampedKey();
    return key.has_value() ? TryOpen(*key) : nullptr;
  }

  // No value when the stamp is not of the present inputs.
  std::optional<ContentKey> StampedKey() const {
    const std::optional<DatasetStamp> stamp = ReadStamp();
    if (!stamp.has_value() || !AllUnchanged(stamp->watched)) return std::nullopt;
    return stamp->key;
  }

 private:
  std::string PathOf(const ContentKey& key) const {
    return absl::StrCat(folder_.path(), "/", DatasetName(key));
  }

  std::optional<DatasetStamp> ReadStamp() const {
    absl::StatusOr<std::string> bytes = folder_.ReadFile(stamp_name_, kMaxStampBytes);
    absl::StatusOr<DatasetStamp> stamp = bytes.ok() ? DecodeStamp(*bytes) : bytes.status();
    if (stamp.ok()) return *std::move(stamp);
    ReportUnusable(absl::StrCat(folder_.path(), "/", stamp_name_), stamp.status());
    return std::nullopt;
  }

  std::unique_ptr<const Dataset> TryOpen(const ContentKey& key) const {
    absl::StatusOr<std::unique_ptr<const Dataset>> dataset = Dataset::Open(PathOf(key), options_);
    if (dataset.ok() && (*dataset)->key() == key) return *std::move(dataset);
    if (!dataset.ok()) ReportUnusable(PathOf(key), dataset.status());
    return nullptr;
  }

  absl::Status Build(const ContentKey& key) {
    LOADLINE_ASSIGN_OR_RETURN(DatasetContent content, source_.Build());
    const std::string bytes = EncodeDataset(content, key);
    content = {};
    return folder_.WriteFileAtomically(DatasetName(key), bytes);
  }

  absl::Status WriteStamp(const DatasetStamp& stamp) {
    const std::optional<DatasetStamp> before = ReadStamp();
    LOADLINE_RETURN_IF_ERROR(folder_.WriteFileAtomically(stamp_name_, EncodeStamp(stamp)));
    if (!before.has_value() || before->key == stamp.key) return absl::OkStatus();
    return folder_.RemoveFile(DatasetName(before->key));
  }

  const Directory& folder_;
  DatasetSource& source_;
  const DatasetOptions options_;
  const std::string stamp_name_;
};

}  // namespace

absl::StatusOr<CachedDataset> OpenCached(absl::string_view folder, DatasetSource& source,
                                         const DatasetOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Directory> directory,
                            Directory::OpenOrCreate(folder));
  return Cache(*directory, source, options).Open();
}

absl::StatusOr<ContentKey> MadeKey(absl::string_view folder, DatasetSource& source) {
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Directory> directory, Directory::Open(folder));
  if (const auto key = Cache(*directory, source, {}).StampedKey()) return *key;
  return absl::NotFoundError(absl::StrCat(folder, " has no data set for the present inputs"));
}

absl::StatusOr<std::unique_ptr<const Dataset>> OpenMade(absl::string_view folder,
                                                        DatasetSource& source,
                                                        const DatasetOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Directory> directory, Directory::Open(folder));
  if (auto dataset = Cache(*directory, source, options).OpenStamped()) return dataset;
  return absl::NotFoundError(absl::StrCat(folder, " has no data set for the present inputs"));
}

}  // namespace loadline::workload
