#ifndef LOADLINE_BASE_DIRECTORY_H_
#define LOADLINE_BASE_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/file.h"
#include "loadline/base/file_system.h"

namespace loadline {

// A held directory: everything below goes through its descriptor, so a path that is swapped for a
// link after opening changes nothing. Names are single path components ("registry.db"): empty,
// ".", "..", or with '/' or NUL is kInvalidArgument. Links are never followed: a link where a file
// or folder is expected is kPermissionDenied.
//
// OS errors become statuses by absl::ErrnoToStatus, with the path and the call in the message
// (ENOSPC and EMFILE are kResourceExhausted, EACCES and EROFS kPermissionDenied, ENOENT kNotFound).
// Thread-safe: the object does not change after Open. Moves are not needed; hold it by unique_ptr.
class Directory {
 public:
  static constexpr mode_t kFileMode = 0600;  // of files that are made

  struct Entry {
    std::string name;
    bool is_directory = false;
  };

  // Opens `path`, which may itself be reached through links above it. kNotFound if missing.
  static absl::StatusOr<std::unique_ptr<Directory>> Open(absl::string_view path,
                                                         FileSystem& fs = FileSystem::Real());
  // As Open, making the directory (mode 0700, parents too) where it is missing, durably. "." in the
  // path means nothing, missing or not. ".." below a directory that is missing is
  // kInvalidArgument, and nothing is made: where it led would depend on what is made. After any
  // other error the parents that were made stay.
  static absl::StatusOr<std::unique_ptr<Directory>> OpenOrCreate(
      absl::string_view path, FileSystem& fs = FileSystem::Real());
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // The path it was opened under, absolute; for messages and for libraries that take paths.
  const std::string& path() const { return path_; }
  int fd() const { return fd_; }
  FileSystem& fs() const { return fs_; }
  // path() and the name below it.
  absl::StatusOr<std::string> PathOf(absl::string_view name) const;

  absl::StatusOr<std::unique_ptr<Directory>> OpenChild(absl::string_view name) const;
  // Makes the child if missing and syncs this directory when it did.
  absl::StatusOr<std::unique_ptr<Directory>> OpenOrCreateChild(absl::string_view name) const;

  absl::StatusOr<bool> Exists(absl::string_view name) const;
  // Sorted by name; "." and ".." left out.
  absl::StatusOr<std::vector<Entry>> List() const;

  // The whole file; kResourceExhausted if it is larger than `max_bytes`, kPermissionDenied if it
  // is not a regular file or has more than one hard link.
  absl::StatusOr<std::string> ReadFile(absl::string_view name, size_t max_bytes) const;

  // Opens a regular file for reading and writing. kPermissionDenied as ReadFile.
  absl::StatusOr<std::unique_ptr<File>> OpenFile(absl::string_view name) const;
  // Makes it, empty. kAlreadyExists. Its name is durable after Sync().
  absl::StatusOr<std::unique_ptr<File>> CreateFile(absl::string_view name) const;

  // Replaces the file as one unit that survives power loss, by a ReplacementFile. When it fails the
  // temporary file is gone.
  absl::Status WriteFileAtomically(absl::string_view name, absl::string_view content) const;
  // Removes the temporary files that crashed replacements of `name` left here. REQUIRES: nobody is
  // writing `name`, as under a lock that keeps others out; a write in progress would fail.
  absl::Status RemoveLeftovers(absl::string_view name) const;

  // Moves an entry, durably (both directories are synced). Overwrites nothing: kAlreadyExists if
  // `to_name` is taken.
  absl::Status Move(absl::string_view name, const Directory& to, absl::string_view to_name) const;

  // Removes a file; OK if it is not there.
  absl::Status RemoveFile(absl::string_view name) const;
  // Removes an entry and all below it without following links; OK if it is not there. Stopped in
  // the middle it can be called again.
  absl::Status RemoveTree(absl::string_view name) const;

  // fsync of the directory itself.
  absl::Status Sync() const;

 private:
  Directory(std::string path, int fd, FileSystem& fs) : path_(std::move(path)), fd_(fd), fs_(fs) {}

  const std::string path_;
  const int fd_;
  FileSystem& fs_;
};

}  // namespace loadline

#endif  // LOADLINE_BASE_DIRECTORY_H_
