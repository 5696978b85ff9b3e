#ifndef LOADLINE_PLATFORM_SETTINGS_H_
#define LOADLINE_PLATFORM_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::platform {

// The variables ("NAME=value") of an environment that are known to change what is measured, in the
// order of their names, separated by spaces; "none" where there are none. They are those of the
// loader, the allocators, glibc's tunables and OpenMP, and the LOADLINE_ variables that are a
// suite's own: not its profile and seed, which results have keys for, nor what the tool tells its
// children. Values are written as by SettingWord. No other variable is ever shown.
std::string SettingsIn(absl::Span<const std::string> environment);

// SettingsIn of this process's environment.
std::string ReadSettings();

// Arguments of a program in their order, each written as by SettingWord; "none" where there are
// none.
std::string ArgumentsText(absl::Span<const std::string> arguments);

// `text` as one printable word: spaces, backslashes and what is not ASCII become \xNN. A path in it
// names folders of a machine, so that its last part alone is shown, with a checksum of the whole
// that tells two apart: "/a/b/libx.so" is "libx.so@35aa153a".
std::string SettingWord(absl::string_view text);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_SETTINGS_H_
