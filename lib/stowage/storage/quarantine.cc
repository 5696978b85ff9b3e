#include "stowage/storage/quarantine.h"

#include <ctime>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

using loadline::Directory;

constexpr absl::string_view kFolder = "quarantine";
constexpr int kMaxSameSecond = 10'000;
// The log may hold rows that the file lacks; the other two are never ours, and then they are the
// evidence.
constexpr absl::string_view kSuffixes[] = {"", "-wal", "-journal", "-shm"};

// Compact ISO 8601: sorts by time and needs no escaping in file names.
std::string UtcTime(int64_t wall_nanos) {
  const auto seconds = static_cast<std::time_t>(wall_nanos / 1'000'000'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return text;
}

absl::StatusOr<bool> AnyExists(const Directory& directory, absl::string_view name) {
  for (const absl::string_view suffix : kSuffixes) {
    LOADLINE_ASSIGN_OR_RETURN(const bool exists, directory.Exists(absl::StrCat(name, suffix)));
    if (exists) return true;
  }
  return false;
}

absl::StatusOr<std::string> FreeName(const Directory& quarantine, absl::string_view label,
                                     const std::string& time) {
  for (int n = 1; n < kMaxSameSecond; ++n) {
    std::string name = absl::StrCat(label, "-", time, "-", n);
    LOADLINE_ASSIGN_OR_RETURN(const bool taken, AnyExists(quarantine, name));
    if (!taken) return name;
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("quarantine ", label, ": no free name left in ", quarantine.path()));
}

}  // namespace

absl::StatusOr<QuarantinedFile> QuarantineFile(const Directory& root, const Directory& directory,
                                               absl::string_view name, absl::string_view label,
                                               const absl::Status& reason,
                                               const loadline::Clock& clock) {
  LOADLINE_ASSIGN_OR_RETURN(const bool there, AnyExists(directory, name));
  const std::string path = absl::StrCat(directory.path(), "/", name);
  if (!there) return absl::NotFoundError(absl::StrCat("quarantine ", path, ": no such file"));
  LOADLINE_ASSIGN_OR_RETURN(const auto quarantine, root.OpenOrCreateChild(kFolder));
  LOADLINE_ASSIGN_OR_RETURN(const std::string target,
                            FreeName(*quarantine, label, UtcTime(clock.WallNanos())));
  // The file before its log: a log alone is refused by Database and quarantined by the next call,
  // a file without its log would pass for an older state.
  for (const absl::string_view suffix : kSuffixes) {
    const std::string source = absl::StrCat(name, suffix);
    LOADLINE_ASSIGN_OR_RETURN(const bool exists, directory.Exists(source));
    if (!exists) continue;
    LOADLINE_RETURN_IF_ERROR(directory.Move(source, *quarantine, absl::StrCat(target, suffix)));
  }
  QuarantinedFile result{path, absl::StrCat(quarantine->path(), "/", target),
                         std::string(reason.message())};
  loadline::Log(
      {loadline::LogLevel::kWarning,
       "storage",
       "moved a file to quarantine",
       {{"file", result.file}, {"moved_to", result.moved_to}, {"reason", result.reason}}});
  return result;
}

absl::StatusOr<std::string> FindQuarantined(const Directory& root, absl::string_view label) {
  auto quarantine = root.OpenChild(kFolder);
  if (absl::IsNotFound(quarantine.status())) return std::string();
  LOADLINE_RETURN_IF_ERROR(quarantine.status());
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<Directory::Entry> entries, (*quarantine)->List());
  for (const Directory::Entry& entry : entries) {
    if (absl::StartsWith(entry.name, label)) return entry.name;
  }
  return std::string();
}

}  // namespace stowage
