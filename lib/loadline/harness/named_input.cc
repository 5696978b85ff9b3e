#include "loadline/harness/named_input.h"

#include <utility>

namespace loadline::harness {
namespace {

// Made by the first call, which is before main().
InputName& NameOfInput() {
  static InputName& name = *new InputName;
  return name;
}

}  // namespace

bool NameInput(InputName name) {
  NameOfInput() = std::move(name);
  return true;
}

std::optional<absl::StatusOr<std::string>> NamedInput() {
  if (!NameOfInput()) return std::nullopt;
  return NameOfInput()();
}

}  // namespace loadline::harness
