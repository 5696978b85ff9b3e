#ifndef TOOLS_LOADLINE_POLICY_TOML_STRING_POSITION_H_
#define TOOLS_LOADLINE_POLICY_TOML_STRING_POSITION_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace loadline::policy {

// Lines and columns count from 1; a column is a UTF-8 character.
struct TextPosition {
  uint32_t line = 0;
  uint32_t column = 0;
};

// Where byte `offset` of a TOML string's value stands in the file `toml`, whose string begins
// (its quote) at `begin`: escapes are longer in the file than in the value. In strings over
// several lines it is the position of the opening quote.
TextPosition PositionInTomlString(absl::string_view toml, TextPosition begin, size_t offset);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_TOML_STRING_POSITION_H_
