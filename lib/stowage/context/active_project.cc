#include "stowage/context/active_project.h"

#include <utility>

namespace stowage {

std::optional<ProjectId> ActiveProject::Get() const {
  loadline::MutexLock lock(mutex_);
  return active_;
}

ActiveProject::Ticket ActiveProject::Set(const std::optional<ProjectId>& to) {
  loadline::MutexLock lock(mutex_);
  return SetLocked(to);
}

ActiveProject::Ticket ActiveProject::ClearIf(const ProjectId& id) {
  loadline::MutexLock lock(mutex_);
  return active_ == id ? SetLocked(std::nullopt) : 0;
}

ActiveProject::Ticket ActiveProject::SetLocked(const std::optional<ProjectId>& to) {
  if (active_ == to) return 0;
  const ContextSwitch change = {.from = std::exchange(active_, to), .to = to};
  return observers_.Queue({&change, 1});
}

}  // namespace stowage
