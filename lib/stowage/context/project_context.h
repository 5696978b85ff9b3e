#ifndef STOWAGE_CONTEXT_PROJECT_CONTEXT_H_
#define STOWAGE_CONTEXT_PROJECT_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "stowage/registry/project_id.h"

namespace stowage {

enum class MessageRole { kSystem, kUser, kAssistant, kTool };

// "system", "user", "assistant", "tool"; "unknown" for what is no role.
absl::string_view MessageRoleName(MessageRole role);
// kInvalidArgument for any other text.
absl::StatusOr<MessageRole> ParseMessageRole(absl::string_view text);

// What the caller says; the manager adds the sequence number and the time.
struct NewMessage {
  MessageRole role = MessageRole::kUser;
  std::string text;  // any bytes, stored as they are
  std::map<std::string, std::string> metadata;
  double importance = 0.5;  // 0..1: what pruning keeps first; see PruneRule
};

struct Message {
  int64_t sequence = 0;    // 1, 2, 3... within its project; the order of the conversation
  int64_t wall_nanos = 0;  // for people; never goes back within a project
  MessageRole role = MessageRole::kUser;
  std::string text;
  std::map<std::string, std::string> metadata;
  double importance = 0.5;
};

// Which messages pruning keeps.
struct PruneRule {
  size_t keep = 200;        // messages left at most
  size_t keep_recent = 50;  // of those, always the newest ones (clamped to keep)
};

struct PruneResult {
  size_t removed = 0;
  size_t kept = 0;
};

// Another project became the active one; none: there was, or there now is, no such project.
struct ContextSwitch {
  std::optional<ProjectId> from;
  std::optional<ProjectId> to;
};
using ContextObserver = std::function<void(const ContextSwitch&)>;

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_PROJECT_CONTEXT_H_
