#include "tools/loadline/results/json.h"

#include <cmath>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/utf8.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

void AppendUnicodeEscape(uint32_t code_point, std::string& out) {
  if (code_point < 0x10000) {
    absl::StrAppendFormat(&out, "\\u%04x", code_point);
    return;
  }
  const uint32_t rest = code_point - 0x10000;
  absl::StrAppendFormat(&out, "\\u%04x\\u%04x", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
}

void AppendString(absl::string_view text, std::string& out) {
  out.push_back('"');
  bool after_hash = false;
  while (!text.empty()) {
    const Utf8Char c = FirstChar(text);
    const bool hash = text[0] == '#';
    if (!c.valid) {
      out.append("\xEF\xBF\xBD");
    } else if (text[0] == '"' || text[0] == '\\') {
      out.push_back('\\');
      out.push_back(text[0]);
    } else if (IsUnprintable(c.code_point) || (hash && after_hash)) {
      AppendUnicodeEscape(c.code_point, out);
    } else {
      out.append(text.data(), c.size);
    }
    after_hash = hash;
    text.remove_prefix(c.size);
  }
  out.push_back('"');
}

// A line for each element, between the brackets.
template <typename List, typename Append>
void AppendList(const List& list, const char* brackets, size_t indent, std::string& out,
                const Append& append) {
  out.push_back(brackets[0]);
  for (const auto& element : list) {
    absl::StrAppend(&out, &element == &list.front() ? "\n" : ",\n", std::string(indent + 2, ' '));
    append(element);
  }
  if (!list.empty()) absl::StrAppend(&out, "\n", std::string(indent, ' '));
  out.push_back(brackets[1]);
}

// Nesting is bounded: values come from the reader (64 levels) or from our own code.
void AppendJson(const Json& json, size_t indent, std::string& out) {
  if (const auto* array = std::get_if<Json::Array>(&json.value)) {
    AppendList(*array, "[]", indent, out,
               [&](const Json& element) { AppendJson(element, indent + 2, out); });
  } else if (const auto* object = std::get_if<Json::Object>(&json.value)) {
    AppendList(*object, "{}", indent, out, [&](const Json::Member& member) {
      AppendString(member.first, out);
      out.append(": ");
      AppendJson(member.second, indent + 2, out);
    });
  } else if (const std::string* text = json.AsString()) {
    AppendString(*text, out);
  } else {
    const std::string scalar = json.AsText();
    out.append(scalar.empty() ? "null" : scalar);
  }
}

}  // namespace

std::optional<double> Json::AsNumber() const {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* number = std::get_if<int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<uint64_t>(&value)) return static_cast<double>(*number);
  return std::nullopt;
}

std::string Json::AsText() const {
  if (const std::string* text = AsString()) return *text;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) return absl::StrCat(*number);
  if (const auto* number = std::get_if<uint64_t>(&value)) return absl::StrCat(*number);
  const auto* number = std::get_if<double>(&value);
  return number != nullptr && std::isfinite(*number) ? JsonNumber(*number) : "";
}

const Json* FindMember(const Json::Object& members, absl::string_view name) {
  const auto named = [&](const Json::Member& member) { return member.first == name; };
  const auto found = absl::c_find_if(members, named);
  return found == members.end() ? nullptr : &found->second;
}

std::string JsonString(absl::string_view text) {
  std::string out;
  AppendString(text, out);
  return out;
}

std::string JsonNumber(double value) {
  for (int digits = 15; digits < 17; ++digits) {
    std::string text = absl::StrFormat("%.*g", digits, value);
    double back = 0;
    if (absl::SimpleAtod(text, &back) && back == value) return text;
  }
  return absl::StrFormat("%.17g", value);
}

std::string WriteJson(const Json& json) {
  std::string out;
  AppendJson(json, 0, out);
  return out;
}

}  // namespace loadline::results
