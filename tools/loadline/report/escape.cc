#include "tools/loadline/report/escape.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::report {
namespace {

// What a build service's log reader trims before it looks for "::": Unicode spaces as well.
size_t LeadingSpace(absl::string_view text) {
  constexpr absl::string_view kSpaces[] = {" ",
                                           "\xC2\xA0",
                                           "\xE1\x9A\x80",
                                           "\xE2\x80\x80",
                                           "\xE2\x80\x81",
                                           "\xE2\x80\x82",
                                           "\xE2\x80\x83",
                                           "\xE2\x80\x84",
                                           "\xE2\x80\x85",
                                           "\xE2\x80\x86",
                                           "\xE2\x80\x87",
                                           "\xE2\x80\x88",
                                           "\xE2\x80\x89",
                                           "\xE2\x80\x8A",
                                           "\xE2\x80\xAF",
                                           "\xE2\x81\x9F",
                                           "\xE3\x80\x80"};
  size_t at = 0;
  for (bool more = true; more;) {
    more = false;
    for (absl::string_view space : kSpaces) {
      if (!absl::StartsWith(text.substr(at), space)) continue;
      at += space.size();
      more = true;
    }
  }
  return at;
}

// GitHub reads "::command" at the start of a line; it and Azure read "##[command]" and
// "##vso[command]" anywhere in one.
std::string DisarmLogCommands(std::string text) {
  const size_t start = LeadingSpace(text);
  if (absl::StartsWith(absl::string_view(text).substr(start), "::")) {
    text.replace(start, 1, "\\x3a");
  }
  return absl::StrReplaceAll(text, {{"##", "#\\x23"}});
}

std::string Printable(absl::string_view text) {
  return DisarmLogCommands(results::EscapeUnprintable(text));
}

}  // namespace

std::string EscapeTerminal(absl::string_view text) { return Printable(text); }

std::string EscapeMarkdown(absl::string_view text) {
  std::string out;
  for (char c : Printable(text)) {
    switch (c) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '\\':
      case '`':
      case '*':
      case '_':
      case '~':
      case '[':
      case ']':
      case '|':
      case '#':
      case '!':
      case '$':
      case '@':
        out.push_back('\\');
        out.push_back(c);
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string EscapeXml(absl::string_view text) {
  return absl::StrReplaceAll(
      Printable(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string EscapeCsv(absl::string_view text) {
  std::string field = Printable(text);
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
