#include "stowage/registry/registry_mirror.h"

#include <utility>

#include "stowage/registry/project_status.h"

namespace stowage {
namespace {

using MirrorReader = loadline::ReaderLock<loadline::StripedSharedMutex>;
using MirrorWriter = loadline::WriterLock<loadline::StripedSharedMutex>;

bool Matches(const ProjectRecord& record, const ProjectFilter& filter) {
  return record.status != ProjectStatus::kRemoving &&
         (!filter.status || record.status == *filter.status);
}

size_t IndexOf(ProjectStatus status) { return static_cast<size_t>(status); }

// The same record with a reference count of its own, which holds one reference to `record`.
ProjectRecordPtr WithOwnCount(const ProjectRecordPtr& record) {
  return {record.get(), [record](const ProjectRecord*) {}};
}

}  // namespace

void RegistryMirror::Put(ProjectRecordPtr record) {
  MirrorWriter lock(mutex_);
  DropOwnPointers(record->id);
  ProjectRecordPtr& slot = by_id_[record->id];
  if (slot != nullptr) --by_status_[IndexOf(slot->status)];
  ++by_status_[IndexOf(record->status)];
  by_name_[record->name.text()] = record;  // a project's name and sequence never change
  by_sequence_[record->sequence] = record;
  slot = std::move(record);
}

void RegistryMirror::Erase(const ProjectId& id) {
  MirrorWriter lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const ProjectRecordPtr record = found->second;
  DropOwnPointers(id);
  by_id_.erase(found);
  by_name_.erase(record->name.text());
  by_sequence_.erase(record->sequence);
  --by_status_[IndexOf(record->status)];
}

void RegistryMirror::DropOwnPointers(const ProjectId& id) {
  for (OwnPointers& own : own_) own.by_id.erase(id);
}

void RegistryMirror::SetActive(const std::optional<ProjectId>& id) {
  MirrorWriter lock(mutex_);
  active_ = id;
}

ProjectRecordPtr RegistryMirror::Get(const ProjectId& id) const {
  MirrorReader lock(mutex_);
  auto& own = own_[loadline::StripedSharedMutex::ThreadStripe()].by_id;
  if (const auto mine = own.find(id); mine != own.end()) return mine->second;
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second->status == ProjectStatus::kRemoving) return nullptr;
  if (own.size() >= kMaxOwnPointers) own.clear();
  return own.emplace(id, WithOwnCount(found->second)).first->second;
}

ProjectRecordPtr RegistryMirror::FindByName(const ProjectName& name) const {
  MirrorReader lock(mutex_);
  const auto found = by_name_.find(name.text());
  if (found == by_name_.end() || found->second->status == ProjectStatus::kRemoving) return nullptr;
  return found->second;
}

ProjectRecordPtr RegistryMirror::Any(const ProjectId& id) const {
  MirrorReader lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<ProjectRecordPtr> RegistryMirror::List(const ProjectFilter& filter) const {
  std::vector<ProjectRecordPtr> result;
  MirrorReader lock(mutex_);
  result.reserve(CountLocked(filter));
  for (const auto& [sequence, record] : by_sequence_) {
    if (Matches(*record, filter)) result.push_back(record);
  }
  return result;
}

ProjectPage RegistryMirror::Page(const ProjectFilter& filter, int64_t after_sequence,
                                 size_t limit) const {
  ProjectPage page;
  MirrorReader lock(mutex_);
  for (auto it = by_sequence_.upper_bound(after_sequence); it != by_sequence_.end(); ++it) {
    if (!Matches(*it->second, filter)) continue;
    if (page.projects.size() == limit) {
      page.next_after_sequence = page.projects.back()->sequence;
      break;
    }
    page.projects.push_back(it->second);
  }
  return page;
}

std::vector<ProjectRecordPtr> RegistryMirror::Removing() const {
  std::vector<ProjectRecordPtr> result;
  MirrorReader lock(mutex_);
  for (const auto& [sequence, record] : by_sequence_) {
    if (record->status == ProjectStatus::kRemoving) result.push_back(record);
  }
  return result;
}

size_t RegistryMirror::Count(const ProjectFilter& filter) const {
  MirrorReader lock(mutex_);
  return CountLocked(filter);
}

size_t RegistryMirror::CountLocked(const ProjectFilter& filter) const {
  const size_t removing = by_status_[IndexOf(ProjectStatus::kRemoving)];
  if (!filter.status) return by_sequence_.size() - removing;
  if (!ProjectStatuses().Has(*filter.status)) return 0;
  return *filter.status == ProjectStatus::kRemoving ? 0 : by_status_[IndexOf(*filter.status)];
}

std::optional<ProjectId> RegistryMirror::active() const {
  MirrorReader lock(mutex_);
  return active_;
}

bool RegistryMirror::IsRemoving(const ProjectId& id) const {
  const ProjectRecordPtr record = Any(id);
  return record != nullptr && record->status == ProjectStatus::kRemoving;
}

size_t RegistryMirror::size() const {
  MirrorReader lock(mutex_);
  return by_sequence_.size();
}

std::array<size_t, 5> RegistryMirror::CountByStatus() const {
  MirrorReader lock(mutex_);
  return by_status_;
}

}  // namespace stowage
