#include "loadline/platform/settings.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "loadline/base/crc32c.h"

extern char** environ;

namespace loadline::platform {
namespace {

constexpr std::array<absl::string_view, 4> kNames = {"LD_PRELOAD", "DYLD_INSERT_LIBRARIES",
                                                     "GLIBC_TUNABLES", "OMP_NUM_THREADS"};
constexpr std::array<absl::string_view, 4> kPrefixes = {"MALLOC_", "MIMALLOC_", "TCMALLOC_",
                                                        "LOADLINE_"};
// Recorded under keys of their own, or said by the tool to its children, or where a cache lies.
constexpr std::array<absl::string_view, 7> kNotSettings = {
    "LOADLINE_PROFILE", "LOADLINE_SEED",    "LOADLINE_BASELINE",    "LOADLINE_COMMIT",
    "LOADLINE_TURNS",   "LOADLINE_PADDING", "LOADLINE_WORKLOAD_DIR"};

bool IsSetting(absl::string_view name) {
  const auto is = [&](absl::string_view other) { return name == other; };
  const auto begins = [&](absl::string_view prefix) { return absl::StartsWith(name, prefix); };
  if (std::any_of(kNotSettings.begin(), kNotSettings.end(), is)) return false;
  return std::any_of(kNames.begin(), kNames.end(), is) ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(), begins);
}

// "libx.so@35aa153a" of "/a/b/libx.so"; what is no path stays.
std::string WithoutFolders(absl::string_view path) {
  const size_t slash = path.find_last_of('/', path.size() < 2 ? 0 : path.size() - 2);
  if (slash == absl::string_view::npos) return std::string(path);
  return absl::StrFormat("%s@%08x", path.substr(slash + 1), Crc32c(0, path.data(), path.size()));
}

std::string JoinedOrNone(const std::vector<std::string>& words) {
  return words.empty() ? "none" : absl::StrJoin(words, " ");
}

}  // namespace

std::string SettingWord(absl::string_view text) {
  std::string shown;
  for (;;) {
    const size_t end = text.find_first_of(":,;= ");
    absl::StrAppend(&shown, WithoutFolders(text.substr(0, end)));
    if (end == absl::string_view::npos) break;
    shown.push_back(text[end]);
    text.remove_prefix(end + 1);
  }
  std::string word;
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isgraph(byte) && c != '\\') {
      word.push_back(c);
    } else {
      absl::StrAppendFormat(&word, "\\x%02x", byte);
    }
  }
  return word;
}

std::string SettingsIn(absl::Span<const std::string> environment) {
  std::vector<std::string> words;
  for (const absl::string_view variable : environment) {
    if (IsSetting(variable.substr(0, variable.find('=')))) words.push_back(SettingWord(variable));
  }
  std::sort(words.begin(), words.end());
  return JoinedOrNone(words);
}

std::string ReadSettings() {
  std::vector<std::string> environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  return SettingsIn(environment);
}

std::string ArgumentsText(absl::Span<const std::string> arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) words.push_back(SettingWord(argument));
  return JoinedOrNone(words);
}

}  // namespace loadline::platform
