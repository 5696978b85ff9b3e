#ifndef STOWAGE_VECTOR_PROJECT_TURNS_H_
#define STOWAGE_VECTOR_PROJECT_TURNS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "loadline/base/mutex.h"
#include "stowage/registry/project_id.h"

namespace stowage {

// One thread at a time in each project, in the order of asking; different projects do not wait for
// each other. For work that takes as long as the disk: a std::mutex held that long is taken again
// by the thread that has just let go of it, and the others starve for seconds.
class ProjectTurns {
 public:
  // Holds the project's turn as long as it lives.
  class Turn {
   public:
    Turn(ProjectTurns& turns, const ProjectId& id) : turns_(turns), id_(id) { turns_.Enter(id_); }
    ~Turn() { turns_.Leave(id_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    ProjectTurns& turns_;
    const ProjectId id_;
  };

  // Threads that have the project's turn or wait for it.
  uint64_t InLine(const ProjectId& id) {
    loadline::MutexLock lock(mutex_);
    const auto line = lines_.find(id);
    return line == lines_.end() ? 0 : line->second.next_ticket - line->second.now_serving;
  }

 private:
  struct Line {
    uint64_t next_ticket = 0;
    uint64_t now_serving = 0;
  };

  void Enter(const ProjectId& id) {
    loadline::MutexLock lock(mutex_);
    const uint64_t ticket = lines_[id].next_ticket++;
    // Looked up anew each time: the table moves its lines. This one stays while somebody is in it.
    while (lines_[id].now_serving != ticket) left_.Wait(mutex_);
  }

  void Leave(const ProjectId& id) {
    loadline::MutexLock lock(mutex_);
    const auto line = lines_.find(id);
    if (++line->second.now_serving == line->second.next_ticket) lines_.erase(line);
    left_.NotifyAll();
  }

  loadline::Mutex mutex_;
  loadline::CondVar left_;
  // Only of projects that somebody is in.
  absl::flat_hash_map<ProjectId, Line> lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_PROJECT_TURNS_H_
