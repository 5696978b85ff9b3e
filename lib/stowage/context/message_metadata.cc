#include "stowage/context/message_metadata.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

constexpr size_t kLengthBytes = 4;

void AppendString(const std::string& text, std::string& out) {
  const auto size = static_cast<uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(size >> shift));
  out.append(text);
}

absl::Status Malformed(size_t offset, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("message metadata, byte ", offset, ": ", what));
}

// Reads the string at `offset` and moves `offset` behind it.
absl::StatusOr<std::string> TakeString(absl::string_view bytes, size_t& offset) {
  if (bytes.size() - offset < kLengthBytes) return Malformed(offset, "a length is cut off");
  uint32_t size = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    size |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i);
  }
  const size_t start = offset + kLengthBytes;
  if (size > bytes.size() - start) {
    return Malformed(offset, absl::StrCat("length ", size, ", but only ", bytes.size() - start,
                                          " bytes follow"));
  }
  offset = start + size;
  return std::string(bytes.substr(start, size));
}

}  // namespace

std::string EncodeMessageMetadata(const std::map<std::string, std::string>& metadata) {
  std::string bytes;
  for (const auto& [key, value] : metadata) {
    AppendString(key, bytes);
    AppendString(value, bytes);
  }
  return bytes;
}

absl::StatusOr<std::map<std::string, std::string>> DecodeMessageMetadata(absl::string_view bytes) {
  std::map<std::string, std::string> metadata;
  size_t offset = 0;
  while (offset < bytes.size()) {
    const size_t pair_offset = offset;
    LOADLINE_ASSIGN_OR_RETURN(std::string key, TakeString(bytes, offset));
    LOADLINE_ASSIGN_OR_RETURN(std::string value, TakeString(bytes, offset));
    if (!metadata.empty() && key <= metadata.rbegin()->first) {
      return Malformed(pair_offset, "keys are not in order");
    }
    metadata.emplace_hint(metadata.end(), std::move(key), std::move(value));
  }
  return metadata;
}

}  // namespace stowage
