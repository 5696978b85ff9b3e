#include "tools/loadline/results/json.h"

#include <cmath>

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
    const TextChar c = FirstChar(text);
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

// Nesting is bounded: values come from the reader (64 levels) or from our own code.
class Writer {
 public:
  std::string Take() { return std::move(out_); }

  void Write(const Json& json, int depth) {
    std::visit([&](const auto& value) { Put(value, depth); }, json.value);
  }

 private:
  void Put(std::nullptr_t, int) { out_.append("null"); }
  void Put(bool value, int) { out_.append(value ? "true" : "false"); }
  void Put(int64_t value, int) { absl::StrAppend(&out_, value); }
  void Put(uint64_t value, int) { absl::StrAppend(&out_, value); }
  void Put(double value, int) { out_.append(std::isfinite(value) ? JsonNumber(value) : "null"); }
  void Put(const std::string& value, int) { AppendString(value, out_); }

  void Put(const Json::Array& elements, int depth) {
    if (elements.empty()) return static_cast<void>(out_.append("[]"));
    out_.push_back('[');
    for (size_t i = 0; i < elements.size(); ++i) {
      NewLine(i > 0, depth + 1);
      Write(elements[i], depth + 1);
    }
    NewLine(false, depth);
    out_.push_back(']');
  }

  void Put(const Json::Object& members, int depth) {
    if (members.empty()) return static_cast<void>(out_.append("{}"));
    out_.push_back('{');
    for (size_t i = 0; i < members.size(); ++i) {
      NewLine(i > 0, depth + 1);
      AppendString(members[i].first, out_);
      out_.append(": ");
      Write(members[i].second, depth + 1);
    }
    NewLine(false, depth);
    out_.push_back('}');
  }

  void NewLine(bool comma, int depth) {
    if (comma) out_.push_back(',');
    out_.push_back('\n');
    out_.append(static_cast<size_t>(depth) * 2, ' ');
  }

  std::string out_;
};

}  // namespace

const Json* Json::Find(absl::string_view name) const {
  const auto* members = std::get_if<Object>(&value);
  if (members == nullptr) return nullptr;
  for (const Member& member : *members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

std::optional<double> Json::AsNumber() const {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* number = std::get_if<int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<uint64_t>(&value)) return static_cast<double>(*number);
  return std::nullopt;
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
  Writer writer;
  writer.Write(json, 0);
  return writer.Take();
}

}  // namespace loadline::results
