#include "tools/loadline/judge/policy.h"

#include <toml++/toml.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/judge/nearest_name.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::judge {
namespace {

using results::Quoted;

constexpr size_t kMaxPolicyBytes = size_t{1} << 20;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

TextPosition PositionOf(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

class Reader {
 public:
  Reader(absl::string_view source, absl::string_view toml) : source_(source), toml_(toml) {}

  absl::StatusOr<Policy> Read() {
    policy_.source = std::string(source_);
    try {
      const toml::table top = toml::parse(std::string_view(toml_.data(), toml_.size()));
      LOADLINE_RETURN_IF_ERROR(ReadTop(top));
    } catch (const toml::parse_error& error) {
      return Error(PositionOf(error.source()), View(error.description()));
    }
    return std::move(policy_);
  }

 private:
  absl::Status Error(TextPosition where, absl::string_view message) const {
    return absl::InvalidArgumentError(absl::StrCat(results::EscapeUnprintable(source_), ":",
                                                   where.line, ":", where.column, ": ",
                                                   results::EscapeUnprintable(message)));
  }
  absl::Status ErrorAt(const toml::node& node, absl::string_view message) const {
    return Error(PositionOf(node.source()), message);
  }

  absl::Status CheckKeys(const toml::table& table, absl::string_view where,
                         const std::vector<std::string>& known) const {
    for (const auto& [key, value] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      const absl::string_view name = View(key.str());
      return Error(
          PositionOf(key.source()),
          absl::StrCat("unknown key ", Quoted(name), " in ", where, DidYouMean(name, known),
                       " (known: ", absl::StrJoin(known, ", "), ")"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadTop(const toml::table& top) {
    LOADLINE_RETURN_IF_ERROR(CheckKeys(top, "the policy", {"limit", "compare"}));
    if (const toml::node* limits = top.get("limit")) LOADLINE_RETURN_IF_ERROR(ReadLimits(*limits));
    if (const toml::node* compare = top.get("compare")) {
      LOADLINE_RETURN_IF_ERROR(ReadCompare(*compare));
    }
    return absl::OkStatus();
  }

  absl::Status ReadLimits(const toml::node& node) {
    const toml::array* limits = node.as_array();
    if (limits == nullptr) return ErrorAt(node, "limit is not a list; write [[limit]]");
    for (const toml::node& limit : *limits) {
      const toml::table* table = limit.as_table();
      if (table == nullptr) return ErrorAt(limit, "a limit is not a table; write [[limit]]");
      LOADLINE_RETURN_IF_ERROR(ReadLimit(*table));
    }
    return absl::OkStatus();
  }

  absl::Status ReadLimit(const toml::table& table) {
    LOADLINE_RETURN_IF_ERROR(CheckKeys(table, "[[limit]]", {"benchmarks", "except", "require"}));
    LOADLINE_ASSIGN_OR_RETURN(const auto globs, ReadStrings(table, "benchmarks"));
    std::vector<PlacedString> exceptions;
    if (table.contains("except")) {
      LOADLINE_ASSIGN_OR_RETURN(exceptions, ReadStrings(table, "except"));
    }
    LOADLINE_ASSIGN_OR_RETURN(const auto requirements, ReadStrings(table, "require"));
    Limit limit;
    for (const auto& [glob, where] : globs) {
      if (glob.empty()) return Error(where, "benchmarks is empty; \"*\" means all");
      limit.benchmarks.push_back(glob);
    }
    for (const auto& [glob, where] : exceptions) {
      if (glob.empty()) return Error(where, "except is empty; leave it out to except nothing");
      limit.except.push_back(glob);
    }
    for (const auto& [text, where] : requirements) {
      ParsedLimit parsed = ParseLimitExpression(text);
      if (!parsed.expression.has_value()) {
        return Error(PositionInTomlString(toml_, where, parsed.error_offset), parsed.error);
      }
      limit.require = *std::move(parsed.expression);
      limit.where = where;
      policy_.limits.push_back(limit);
    }
    return absl::OkStatus();
  }

  using PlacedString = std::pair<std::string, TextPosition>;

  // A string, or an array of at least one.
  absl::StatusOr<std::vector<PlacedString>> ReadStrings(const toml::table& table,
                                                        const char* key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return ErrorAt(table, absl::StrCat("[[limit]] has no ", key));
    std::vector<PlacedString> strings;
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& element : *array) {
        LOADLINE_ASSIGN_OR_RETURN(PlacedString string, ReadString(element, key));
        strings.push_back(std::move(string));
      }
      if (strings.empty()) return ErrorAt(*node, absl::StrCat(key, " is an empty list"));
      return strings;
    }
    LOADLINE_ASSIGN_OR_RETURN(PlacedString string, ReadString(*node, key));
    strings.push_back(std::move(string));
    return strings;
  }

  absl::StatusOr<PlacedString> ReadString(const toml::node& node, const char* key) const {
    const auto* string = node.as_string();
    if (string == nullptr) {
      return ErrorAt(node, absl::StrCat(key, " is neither a string nor a list of strings"));
    }
    return PlacedString(string->get(), PositionOf(node.source()));
  }

  absl::Status ReadCompare(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return ErrorAt(node, "compare is not a table; write [compare]");
    LOADLINE_RETURN_IF_ERROR(CheckKeys(*table, "[compare]", {"margin", "alpha"}));
    if (const toml::node* margin = table->get("margin")) {
      const std::optional<double> value = ReadFraction(*margin);
      if (!value.has_value() || !(*value > 0) || !(*value < 1)) {
        return ErrorAt(*margin, "margin is no share above 0 and below 1, such as \"1%\" or 0.01");
      }
      policy_.compare.margin = value;
    }
    if (const toml::node* alpha = table->get("alpha")) {
      const std::optional<double> value = ReadFraction(*alpha);
      if (!value.has_value() || !(*value > 0) || !(*value <= 0.5)) {
        return ErrorAt(*alpha, "alpha is no chance above 0 and at most 0.5, such as 0.01");
      }
      policy_.compare.alpha = value;
    }
    return absl::OkStatus();
  }

  // 0.01 or "1%".
  static std::optional<double> ReadFraction(const toml::node& node) {
    if (node.is_number()) return node.value<double>();
    const auto* string = node.as_string();
    if (string == nullptr) return std::nullopt;
    absl::string_view text = absl::StripAsciiWhitespace(View(string->get()));
    double percent = 0;
    if (!absl::ConsumeSuffix(&text, "%") || !absl::SimpleAtod(text, &percent)) return std::nullopt;
    return percent / 100;
  }

  const absl::string_view source_;
  const absl::string_view toml_;
  Policy policy_;
};

}  // namespace

absl::StatusOr<Policy> ParsePolicy(absl::string_view source, absl::string_view toml) {
  try {
    return Reader(source, toml).Read();
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(results::EscapeUnprintable(source), ":1:1: ", e.what()));
  }
}

absl::StatusOr<Policy> ReadPolicy(absl::string_view path, results::InputOptions options) {
  options.max_bytes = std::min(options.max_bytes, kMaxPolicyBytes);
  LOADLINE_ASSIGN_OR_RETURN(const std::string toml, results::ReadInputFile(path, options));
  return ParsePolicy(path, toml);
}

}  // namespace loadline::judge
