#include "stowage/context/project_context.h"

#include <array>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace stowage {
namespace {

constexpr std::array<absl::string_view, 4> kRoleNames = {"system", "user", "assistant", "tool"};

}  // namespace

absl::string_view MessageRoleName(MessageRole role) {
  return kRoleNames[static_cast<size_t>(role)];
}

absl::StatusOr<MessageRole> ParseMessageRole(absl::string_view text) {
  for (size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == text) return static_cast<MessageRole>(i);
  }
  return absl::InvalidArgumentError(absl::StrCat("message role \"",
                                                 absl::CHexEscape(text.substr(0, 64)),
                                                 "\": want system, user, assistant or tool"));
}

}  // namespace stowage
