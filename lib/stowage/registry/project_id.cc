#include "stowage/registry/project_id.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace stowage {
namespace {

absl::Status NotAnId(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("project id \"", absl::CHexEscape(text.substr(0, 64)),
                   "\": want 32 lower-case hexadecimal digits, not all zero"));
}

}  // namespace

absl::StatusOr<ProjectId> ProjectId::Generate() {
  std::array<uint8_t, kBytes> bytes;
  if (::getentropy(bytes.data(), bytes.size()) != 0) {
    return absl::UnavailableError(
        absl::StrCat("make a project id: getentropy: ", std::strerror(errno)));
  }
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | 0x40);  // version 4: random
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3F) | 0x80);  // RFC 4122 variant
  return ProjectId(bytes);
}

absl::StatusOr<ProjectId> ProjectId::FromHex(absl::string_view hex) {
  // Not absl::HexStringToBytes: the form that old versions have is deprecated in new ones.
  constexpr absl::string_view kDigits = "0123456789abcdef";
  if (hex.size() != 2 * kBytes) return NotAnId(hex);
  std::string bytes(kBytes, '\0');
  for (size_t i = 0; i < hex.size(); ++i) {
    const size_t digit = kDigits.find(hex[i]);
    if (digit == absl::string_view::npos) return NotAnId(hex);
    bytes[i / 2] = static_cast<char>(static_cast<uint8_t>(bytes[i / 2]) << 4 | digit);
  }
  return FromBytes(bytes);
}

absl::StatusOr<ProjectId> ProjectId::FromBytes(absl::string_view bytes) {
  const bool zero = std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
  if (bytes.size() != kBytes || zero) return NotAnId(absl::BytesToHexString(bytes.substr(0, 32)));
  std::array<uint8_t, kBytes> copy;
  std::memcpy(copy.data(), bytes.data(), kBytes);
  return ProjectId(copy);
}

std::string ProjectId::hex() const { return absl::BytesToHexString(bytes()); }

}  // namespace stowage
