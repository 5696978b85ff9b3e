#include "tools/loadline/report/escape.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::report {
namespace {

// What a build service's log reader trims before it looks for "::": Unicode spaces as well.
absl::string_view WithoutLeadingSpace(absl::string_view text) {
  for (bool more = true; more;) {
    more = false;
    for (const absl::string_view space :
         {" ", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
          "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87",
          "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xAF", "\xE2\x81\x9F",
          "\xE3\x80\x80"}) {
      if (absl::ConsumePrefix(&text, space)) more = true;
    }
  }
  return text;
}

// GitHub reads "::command" at the start of a line; it and Azure read "##[command]" and
// "##vso[command]" anywhere in one.
std::string DisarmLogCommands(std::string text) {
  const absl::string_view trimmed = WithoutLeadingSpace(text);
  if (absl::StartsWith(trimmed, "::")) text.replace(text.size() - trimmed.size(), 1, "\\x3a");
  return absl::StrReplaceAll(text, {{"##", "#\\x23"}});
}

}  // namespace

std::string EscapeTerminal(absl::string_view text) {
  return DisarmLogCommands(results::EscapeUnprintable(text));
}

std::string EscapeMarkdown(absl::string_view text) {
  std::string out;
  for (const char c : EscapeTerminal(text)) {
    if (absl::StrContains("\\`*_~[]|#!$@", c)) out.push_back('\\');
    out.push_back(c);
  }
  return absl::StrReplaceAll(out, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string EscapeXml(absl::string_view text) {
  return absl::StrReplaceAll(
      EscapeTerminal(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string EscapeCsv(absl::string_view text) {
  std::string field = EscapeTerminal(text);
  // The wide forms of the four signs are formulas too, in some languages' spreadsheets.
  for (absl::string_view sign :
       {"=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
    if (!absl::StartsWith(field, sign)) continue;
    field = absl::StrCat("'", field);
    break;
  }
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

std::string EscapeUriPath(absl::string_view path) {
  std::string out;
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || absl::StrContains("-._~/", absl::string_view(&c, 1))) {
      out.push_back(c);
    } else {
      absl::StrAppendFormat(&out, "%%%02X", byte);
    }
  }
  return out;
}

}  // namespace loadline::report
