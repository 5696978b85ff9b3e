#ifndef STOWAGE_CONTEXT_MESSAGE_METADATA_H_
#define STOWAGE_CONTEXT_MESSAGE_METADATA_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stowage {

// A message's metadata as the bytes that a row holds: for each pair, by key, the length of the
// key (4 bytes, little-endian), the key, the length of the value, the value. Keys and values are
// any bytes, each shorter than 4 GiB.
std::string EncodeMessageMetadata(const std::map<std::string, std::string>& metadata);

// The inverse. kDataLoss, naming the offset: anything EncodeMessageMetadata does not write.
absl::StatusOr<std::map<std::string, std::string>> DecodeMessageMetadata(absl::string_view bytes);

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_MESSAGE_METADATA_H_
