#ifndef STOWAGE_REGISTRY_REGISTRY_MIRROR_H_
#define STOWAGE_REGISTRY_REGISTRY_MIRROR_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "loadline/base/mutex.h"
#include "stowage/registry/project_registry.h"

namespace stowage {

// The registry in memory, which answers every read. Thread-safe. Readers on different stripes of
// the lock share no cache line that either of them writes: a record taken by id is counted in a
// reference count of the stripe's own.
class RegistryMirror {
 public:
  // Adds the record, or replaces the one that has its id.
  void Put(ProjectRecordPtr record);
  void Erase(const ProjectId& id);
  void SetActive(const std::optional<ProjectId>& id);

  // Projects that are being removed are left out of all but Any() and Removing(). Null: none.
  ProjectRecordPtr Get(const ProjectId& id) const;
  ProjectRecordPtr FindByName(const ProjectName& name) const;
  ProjectRecordPtr Any(const ProjectId& id) const;
  std::vector<ProjectRecordPtr> List(const ProjectFilter& filter) const;
  ProjectPage Page(const ProjectFilter& filter, int64_t after_sequence, size_t limit) const;
  std::vector<ProjectRecordPtr> Removing() const;
  size_t Count(const ProjectFilter& filter) const;
  std::optional<ProjectId> active() const;

  bool IsRemoving(const ProjectId& id) const;
  size_t size() const;  // those being removed too
  std::array<size_t, 5> CountByStatus() const;

 private:
  // A stripe's own pointers to records. Guarded by that stripe of the lock; a writer has them all.
  struct alignas(128) OwnPointers {
    absl::flat_hash_map<ProjectId, ProjectRecordPtr> by_id;
  };
  static constexpr size_t kMaxOwnPointers = 4'096;  // of a stripe, about 150 bytes each

  size_t CountLocked(const ProjectFilter& filter) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void DropOwnPointers(const ProjectId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable loadline::StripedSharedMutex mutex_;
  absl::flat_hash_map<ProjectId, ProjectRecordPtr> by_id_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, ProjectRecordPtr> by_name_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, ProjectRecordPtr> by_sequence_ ABSL_GUARDED_BY(mutex_);
  std::array<size_t, 5> by_status_ ABSL_GUARDED_BY(mutex_) = {};
  std::optional<ProjectId> active_ ABSL_GUARDED_BY(mutex_);
  mutable std::array<OwnPointers, loadline::StripedSharedMutex::kStripes> own_;
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_REGISTRY_MIRROR_H_
