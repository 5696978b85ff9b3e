#ifndef STOWAGE_VECTOR_INDEX_KIND_H_
#define STOWAGE_VECTOR_INDEX_KIND_H_

#include "stowage/storage/stored_enum.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

inline const StoredEnum<IndexKind>& IndexKinds() {
  static constexpr absl::string_view kNames[] = {"auto", "lists", "graph", "exact"};
  static constexpr StoredEnum<IndexKind> kKinds("index", kNames);
  return kKinds;
}

}  // namespace stowage

#endif  // STOWAGE_VECTOR_INDEX_KIND_H_
