#ifndef STOWAGE_STORAGE_QUARANTINE_H_
#define STOWAGE_STORAGE_QUARANTINE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/clock.h"
#include "loadline/base/directory.h"

namespace stowage {

// Whether an error of Database means that the file is damaged, so that moving it away is right:
// exactly kDataLoss. A full disk, a failed read, a newer version or a held lock is not damage.
inline bool IsDamage(const absl::Status& status) { return absl::IsDataLoss(status); }

struct QuarantinedFile {
  std::string file;      // where it was
  std::string moved_to;  // where it is now
  std::string reason;
};

// Moves the file `name`, which is damaged or nobody's, of `directory`, with its write-ahead log, to
// <root>/quarantine/<label>-<UTC time>-<n>[-wal], overwriting nothing, and logs a warning. The
// file must not be open. `label` is a file name that says whose it was ("registry.db",
// "<hex>-vectors.db"). Stopped in the middle it can be called again. kNotFound: neither is there.
absl::StatusOr<QuarantinedFile> QuarantineFile(
    const loadline::Directory& root, const loadline::Directory& directory, absl::string_view name,
    absl::string_view label, const absl::Status& reason,
    const loadline::Clock& clock = loadline::Clock::Real());

// The name of a file in <root>/quarantine whose name begins with `label`; empty if there is none.
absl::StatusOr<std::string> FindQuarantined(const loadline::Directory& root,
                                            absl::string_view label);

}  // namespace stowage

#endif  // STOWAGE_STORAGE_QUARANTINE_H_
