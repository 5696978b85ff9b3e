#include "stowage/registry/project_name.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace stowage {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 0;  // 0: not valid UTF-8
};

// The code point that `text`, which is not empty, starts with (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
CodePoint FirstCodePoint(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  uint32_t value = lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[size] || surrogate || value > 0x10FFFF) return {};
  return {value, size};
}

bool InRange(uint32_t value, uint32_t first, uint32_t last) {
  return value >= first && value <= last;
}

// Why a code point may not stand in a name; null if it may.
const char* WhyRefused(uint32_t value) {
  if (value < 0x20 || InRange(value, 0x7F, 0x9F)) return "a control character";
  if (value == 0x061C || InRange(value, 0x200E, 0x200F) || InRange(value, 0x202A, 0x202E) ||
      InRange(value, 0x2066, 0x2069)) {
    return "a bidirectional control, which makes a name show as another";
  }
  if (value == 0x2028 || value == 0x2029) return "a line or paragraph separator";
  return nullptr;
}

absl::Status Refused(size_t offset, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("project name: byte ", offset, " is ", what));
}

}  // namespace

absl::StatusOr<ProjectName> ProjectName::Parse(absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("project name: is empty");
  if (text.size() > kMaxBytes) {
    return absl::InvalidArgumentError(absl::StrCat("project name: has ", text.size(),
                                                   " bytes, want at most ", size_t{kMaxBytes}));
  }
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = FirstCodePoint(text.substr(offset));
    if (point.bytes == 0) return Refused(offset, "not valid UTF-8");
    if (const char* reason = WhyRefused(point.value)) {
      return Refused(offset, absl::StrFormat("U+%04X, %s", point.value, reason));
    }
    offset += point.bytes;
  }
  if (text.front() == ' ') return Refused(0, "a space at the start");
  if (text.back() == ' ') return Refused(text.size() - 1, "a space at the end");
  return ProjectName(std::string(text));
}

}  // namespace stowage
