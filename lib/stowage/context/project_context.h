#ifndef STOWAGE_CONTEXT_PROJECT_CONTEXT_H_
#define STOWAGE_CONTEXT_PROJECT_CONTEXT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stowage {

enum class MessageRole { kSystem, kUser, kAssistant, kTool };

// "system", "user", "assistant", "tool".
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

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_PROJECT_CONTEXT_H_
