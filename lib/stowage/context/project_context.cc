#include "stowage/context/project_context.h"

#include "stowage/context/message_role.h"

namespace stowage {

absl::string_view MessageRoleName(MessageRole role) { return MessageRoles().Name(role); }

absl::StatusOr<MessageRole> ParseMessageRole(absl::string_view text) {
  return MessageRoles().Parse(text);
}

}  // namespace stowage
