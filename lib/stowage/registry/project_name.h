#ifndef STOWAGE_REGISTRY_PROJECT_NAME_H_
#define STOWAGE_REGISTRY_PROJECT_NAME_H_

#include <compare>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace stowage {

// What people call a project. Unique in a registry, compared byte by byte (no case folding and no
// Unicode normalisation: "Café" in two normal forms is two names). Never becomes a path: "../x"
// and "/" are legal names.
class ProjectName {
 public:
  static constexpr size_t kMaxBytes = 255;

  // kInvalidArgument, naming the byte offset and what was found: empty; longer than kMaxBytes;
  // not valid UTF-8; control characters (U+0000..1F, U+7F..9F); bidirectional controls
  // (U+061C, U+200E..F, U+202A..E, U+2066..9), which make a name show as another; line and
  // paragraph separators (U+2028, U+2029); a space at either end.
  static absl::StatusOr<ProjectName> Parse(absl::string_view text);

  const std::string& text() const { return text_; }

  friend auto operator<=>(const ProjectName&, const ProjectName&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const ProjectName& name) {
    return H::combine(std::move(h), name.text_);
  }

 private:
  explicit ProjectName(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_PROJECT_NAME_H_
