#ifndef STOWAGE_CONTEXT_MESSAGE_ROLE_H_
#define STOWAGE_CONTEXT_MESSAGE_ROLE_H_

#include "stowage/context/project_context.h"
#include "stowage/storage/stored_enum.h"

namespace stowage {

inline const StoredEnum<MessageRole>& MessageRoles() {
  static constexpr absl::string_view kNames[] = {"system", "user", "assistant", "tool"};
  static constexpr StoredEnum<MessageRole> kRoles("message role", kNames);
  return kRoles;
}

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_MESSAGE_ROLE_H_
