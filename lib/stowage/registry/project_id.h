#ifndef STOWAGE_REGISTRY_PROJECT_ID_H_
#define STOWAGE_REGISTRY_PROJECT_ID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stowage {

// A project's identity for ever: a random UUID (RFC 4122 version 4). Never reused, and never
// confused with a name: no conversion exists between ProjectId and ProjectName.
class ProjectId {
 public:
  // A new random id, from the operating system's random source. kUnavailable if that fails.
  static absl::StatusOr<ProjectId> Generate();

  // Reads the 32 lower-case hexadecimal digits that hex() writes. kInvalidArgument for anything
  // else and for the all-zero id.
  static absl::StatusOr<ProjectId> FromHex(absl::string_view hex);

  static constexpr size_t kBytes = 16;
  // kInvalidArgument unless `bytes` is 16 bytes, not all zero.
  static absl::StatusOr<ProjectId> FromBytes(absl::string_view bytes);

  std::string hex() const;  // also the project's folder name on disk
  absl::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

  friend auto operator<=>(const ProjectId&, const ProjectId&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const ProjectId& id) {
    return H::combine(std::move(h), id.bytes_);
  }

 private:
  explicit ProjectId(const std::array<uint8_t, kBytes>& bytes) : bytes_(bytes) {}

  std::array<uint8_t, kBytes> bytes_;
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_PROJECT_ID_H_
