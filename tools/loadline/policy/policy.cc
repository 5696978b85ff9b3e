#include "tools/loadline/policy/policy.h"

#include <toml++/toml.h>

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/policy/environment_rules.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::policy {
namespace {

using results::Quoted;

constexpr size_t kMaxPolicyBytes = size_t{1} << 20;
constexpr Statistic kProvable[] = {Statistic::kRate, Statistic::kQuantile, Statistic::kMedian};
constexpr char kEmptyGlob[] = " is empty; \"*\" means all";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

TextPosition PositionOf(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

// The rest of the file from a position on; empty when the file has no such position.
absl::string_view From(absl::string_view toml, TextPosition position) {
  for (uint32_t line = 1; line < position.line; ++line) {
    const size_t newline = toml.find('\n');
    if (newline == absl::string_view::npos) return {};
    toml.remove_prefix(newline + 1);
  }
  for (uint32_t column = 1; column < position.column && !toml.empty(); ++column) {
    toml.remove_prefix(results::FirstChar(toml).size);
  }
  return toml;
}

size_t Utf8Size(uint32_t code_point) {
  if (code_point < 0x80) return 1;
  if (code_point < 0x800) return 2;
  return code_point < 0x10000 ? 3 : 4;
}

struct Piece {
  size_t columns;  // in the file
  size_t file_bytes;
  size_t value_bytes;
};

// The character or escape sequence at the beginning of `text`.
Piece NextPiece(absl::string_view text, bool escapes) {
  const size_t size = results::FirstChar(text).size;
  if (!escapes || text[0] != '\\' || text.size() < 2) return {1, size, size};
  const absl::string_view digits = text.substr(2, text[1] == 'u' ? 4 : text[1] == 'U' ? 8 : 0);
  uint32_t code_point = 0;
  if (!absl::SimpleHexAtoi(digits, &code_point)) return {2, 2, 1};
  return {2 + digits.size(), 2 + digits.size(), Utf8Size(code_point)};
}

// Where byte `offset` of a TOML string's value stands in the file `toml`, whose string begins
// (its quote) at `begin`: escapes are longer in the file than in the value. In strings over
// several lines it is the position of the opening quote.
TextPosition PositionInTomlString(absl::string_view toml, TextPosition begin, size_t offset) {
  absl::string_view rest = From(toml, begin);
  const bool basic = absl::StartsWith(rest, "\"");
  if (!basic && !absl::StartsWith(rest, "'")) return begin;
  if (absl::StartsWith(rest, "\"\"\"") || absl::StartsWith(rest, "'''")) return begin;
  rest.remove_prefix(1);
  TextPosition position{begin.line, begin.column + 1};
  size_t passed = 0;
  while (passed < offset && !rest.empty()) {
    const Piece piece = NextPiece(rest, basic);
    passed += piece.value_bytes;
    position.column += static_cast<uint32_t>(piece.columns);
    rest.remove_prefix(piece.file_bytes);
  }
  return position;
}

// One reading of one text. The first mistake counts: what is read after it goes nowhere.
class Reader {
 public:
  Reader(absl::string_view source, absl::string_view toml) : source_(source), toml_(toml) {}

  absl::StatusOr<Policy> Read() {
    policy_.source = std::string(source_);
    try {
      ReadTop(toml::parse(std::string_view(toml_.data(), toml_.size())));
    } catch (const toml::parse_error& error) {
      Fail(PositionOf(error.source()), View(error.description()));
    } catch (const std::exception& error) {
      Fail({1, 1}, error.what());
    }
    if (!status_.ok()) return status_;
    return std::move(policy_);
  }

 private:
  using PlacedString = std::pair<std::string, TextPosition>;

  void Fail(TextPosition where, absl::string_view message) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(results::EscapeUnprintable(source_), ":",
                                                      where.line, ":", where.column, ": ",
                                                      results::EscapeUnprintable(message)));
  }
  template <typename... Words>
  void FailAt(const toml::node& node, const Words&... words) {
    Fail(PositionOf(node.source()), absl::StrCat(words...));
  }

  void CheckKeys(const toml::table& table, absl::string_view where,
                 const std::vector<std::string>& known) {
    for (const auto& [key, value] : table) {
      const absl::string_view name = View(key.str());
      if (absl::c_linear_search(known, name)) continue;
      return Fail(
          PositionOf(key.source()),
          name == "inconclusive"
              ? "\"inconclusive\" is called \"noisy\" now: it is about rows that may be worse by "
                "more than the guard; the others pass"
              : absl::StrCat("unknown key ", Quoted(name), " in ", where, DidYouMean(name, known),
                             " (known: ", absl::StrJoin(known, ", "), ")"));
    }
  }

  void ReadTop(const toml::table& top) {
    CheckKeys(top, "the policy", {"limit", "compare", "reference", "reference_model"});
    ReadReference(top);
    ReadTables(top, "limit", "limit is not a list; write [[limit]]",
               "a limit is not a table; write [[limit]]", &Reader::ReadLimit);
    const toml::node* compare = top.get("compare");
    if (compare == nullptr) return;
    if (!compare->is_table()) return FailAt(*compare, "compare is not a table; write [compare]");
    ReadCompare(*compare->as_table());
  }

  void ReadReference(const toml::table& top) {
    const std::pair<const char*, std::string*> texts[] = {
        {"reference", &policy_.reference}, {"reference_model", &policy_.reference_model}};
    for (const auto& [key, text] : texts) {
      const toml::node* node = top.get(key);
      if (node == nullptr) continue;
      *text = TextOf(*node);
      if (text->empty()) FailAt(*node, key, " is no name of a machine, such as \"Mac mini\"");
    }
    if (policy_.reference.empty() && !policy_.reference_model.empty()) {
      FailAt(*top.get("reference_model"), "reference_model needs reference as well");
    }
    if (policy_.reference_model.empty()) policy_.reference_model = policy_.reference;
  }

  // Every table of a list of them.
  void ReadTables(const toml::table& table, const char* key, absl::string_view no_list,
                  absl::string_view no_table, void (Reader::*read)(const toml::table&)) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    if (!node->is_array()) return FailAt(*node, no_list);
    for (const toml::node& element : *node->as_array()) {
      if (!status_.ok()) return;
      if (!element.is_table()) return FailAt(element, no_table);
      (this->*read)(*element.as_table());
    }
  }

  void ReadLimit(const toml::table& table) {
    CheckKeys(table, "[[limit]]",
              {"benchmarks", "except", "require", "missing", "unit", "mode", "confidence"});
    for (const char* key : {"benchmarks", "require"}) {
      if (!table.contains(key)) FailAt(table, "[[limit]] has no ", key);
    }
    Limit limit;
    ReadGlobs(table, "benchmarks", kEmptyGlob, limit.benchmarks);
    ReadGlobs(table, "except", " is empty; leave it out to except nothing", limit.except);
    const std::vector<PlacedString> requirements = ReadStrings(table, "require");
    ReadWord(table, "mode", {{"point", false}, {"confident", true}},
             " is neither \"point\" nor \"confident\"", limit.confident);
    ReadConfidence(table, limit);
    ReadWord(table, "missing", {{"error", false}, {"skip", true}},
             " is neither \"error\" nor \"skip\": it says what becomes of benchmarks that lack the "
             "counter",
             limit.skip_missing);
    const Unit* const unit = ReadUnit(table);
    for (const auto& [text, where] : requirements) {
      ParsedLimit parsed = ParseLimitExpression(text, unit);
      if (!parsed.expression.has_value()) {
        return Fail(PositionInTomlString(toml_, where, parsed.error_offset), parsed.error);
      }
      limit.require = *std::move(parsed.expression);
      if (limit.confident && !absl::c_linear_search(kProvable, limit.require.statistic)) {
        return Fail(where,
                    "mode \"confident\" is for rate(success), quantiles and medians; the others "
                    "have no limit that holds for every distribution");
      }
      limit.where = where;
      policy_.limits.push_back(limit);
    }
  }

  void ReadConfidence(const toml::table& table, Limit& limit) {
    const toml::node* node = table.get("confidence");
    if (node == nullptr) return;
    if (!limit.confident) FailAt(*node, "confidence is only for mode = \"confident\"");
    limit.confidence = FractionOf(*node).value_or(0);
    if (limit.confidence >= 0.5 && limit.confidence < 1) return;
    FailAt(*node, "confidence is no share from 0.5 and below 1, such as \"95%\"");
  }

  // Null where the table has none.
  const Unit* ReadUnit(const toml::table& table) {
    const toml::node* node = table.get("unit");
    if (node == nullptr) return nullptr;
    const std::string name = TextOf(*node);
    const Unit* unit = FindUnit(name);
    if (unit == nullptr) {
      FailAt(*node, "unit is none of ", absl::StrJoin(UnitNames(), " "),
             DidYouMean(name, UnitNames()));
    }
    return unit;
  }

  void ReadCompare(const toml::table& table) {
    CheckKeys(table, "[compare]",
              {"margin", "guard", "alpha", "metrics", "allow_env", "fail_on", "noisy", "missing",
               "new", "override"});
    ComparePolicy& compare = policy_.compare;
    ReadMargin(table, compare.margin);
    ReadShare(table, "alpha", 0.5, " is no chance above 0 and below 0.5, such as 0.01",
              compare.alpha);
    ReadGlobs(table, "metrics", " has an empty name; \"*\" means all", compare.metrics);
    ReadAllowed(table);
    ReadGuard(table, compare.guard);
    ReadWord(table, "fail_on", {{"regressed", false}, {"slower", true}},
             " is neither \"regressed\" (worse by more than the margin is proved) nor \"slower\" "
             "(worse is proved, and seems at least the margin)",
             compare.slower_fails);
    ReadActions(table, compare.noisy, compare.missing, compare.new_);
    constexpr char kNoTables[] = "override is not a list of tables; write [[compare.override]]";
    ReadTables(table, "override", kNoTables, kNoTables, &Reader::ReadOverride);
  }

  void ReadAllowed(const toml::table& table) {
    const std::vector<std::string> known = EnvironmentKeys();
    for (const auto& [key, where] : ReadStrings(table, "allow_env")) {
      if (key != "all" && !absl::c_linear_search(known, key)) {
        return Fail(where, absl::StrCat("allow_env: no key ", Quoted(key), " of the environment",
                                        DidYouMean(key, known), " (known: all, ",
                                        absl::StrJoin(known, ", "), ")"));
      }
      policy_.compare.allow_env.push_back(key);
    }
  }

  void ReadOverride(const toml::table& table) {
    CheckKeys(table, "[[compare.override]]",
              {"benchmarks", "metrics", "margin", "guard", "direction", "gate", "noisy", "missing",
               "new"});
    CompareOverride override;
    override.where = PositionOf(table.source());
    ReadGlobs(table, "benchmarks", kEmptyGlob, override.benchmarks);
    ReadGlobs(table, "metrics", kEmptyGlob, override.metrics);
    ReadMargin(table, override.margin);
    ReadGuard(table, override.guard);
    ReadWord(table, "direction",
             {{"lower", Direction::kLowerIsBetter},
              {"higher", Direction::kHigherIsBetter},
              {"none", Direction::kUnknown}},
             " is none of \"lower\", \"higher\" (is better) and \"none\"", override.direction);
    ReadActions(table, override.noisy, override.missing, override.new_);
    if (const toml::node* gate = table.get("gate")) {
      if (!gate->is_boolean()) FailAt(*gate, "gate is neither true nor false");
      override.gate = gate->value<bool>();
    }
    policy_.compare.overrides.push_back(std::move(override));
  }

  void ReadMargin(const toml::table& table, std::optional<double>& margin) {
    ReadShare(table, "margin", 1, " is no share above 0 and below 1, such as \"1%\" or 0.01",
              margin);
  }
  void ReadGuard(const toml::table& table, std::optional<double>& guard) {
    ReadShare(table, "guard", std::nullopt, " is no share above 0, such as \"25%\" or 0.25", guard);
  }

  // T: Action or std::optional<Action>.
  template <typename T>
  void ReadActions(const toml::table& table, T& noisy, T& missing, T& new_) {
    const std::pair<const char*, T*> actions[] = {
        {"noisy", &noisy}, {"missing", &missing}, {"new", &new_}};
    for (const auto& [key, action] : actions) {
      ReadWord(table, key,
               {{"fail", Action::kFail}, {"warn", Action::kWarn}, {"ignore", Action::kIgnore}},
               " is none of \"fail\", \"warn\" and \"ignore\"", *action);
    }
  }

  // What follows leaves `out` as it is where the table has no such key. `wrong` goes behind the
  // key where the value cannot be.

  template <typename T>
  void ReadWord(const toml::table& table, const char* key,
                std::initializer_list<std::pair<absl::string_view, std::type_identity_t<T>>> words,
                absl::string_view wrong, T& out) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    const auto* const word = absl::c_find_if(
        words, [text = TextOf(*node)](const auto& known) { return known.first == text; });
    if (word == words.end()) return FailAt(*node, key, wrong);
    out = word->second;
  }

  // Above 0, and below `end` where there is one.
  void ReadShare(const toml::table& table, const char* key, std::optional<double> end,
                 absl::string_view wrong, std::optional<double>& out) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    out = FractionOf(*node);
    if (!(out > 0.0) || (end.has_value() && out >= end)) FailAt(*node, key, wrong);
  }

  void ReadGlobs(const toml::table& table, const char* key, absl::string_view wrong,
                 std::vector<std::string>& out) {
    if (table.contains(key)) out.clear();
    for (const auto& [glob, where] : ReadStrings(table, key)) {
      if (glob.empty()) Fail(where, absl::StrCat(key, wrong));
      out.push_back(glob);
    }
  }

  // A string, or a list of at least one; none where the table has no such key.
  std::vector<PlacedString> ReadStrings(const toml::table& table, const char* key) {
    const toml::node* value = table.get(key);
    std::vector<const toml::node*> nodes;
    if (value != nullptr && value->is_array()) {
      for (const toml::node& element : *value->as_array()) nodes.push_back(&element);
      if (nodes.empty()) FailAt(*value, key, " is an empty list");
    } else if (value != nullptr) {
      nodes.push_back(value);
    }
    std::vector<PlacedString> strings;
    for (const toml::node* node : nodes) {
      if (!node->is_string()) FailAt(*node, key, " is neither a string nor a list of strings");
      strings.emplace_back(TextOf(*node), PositionOf(node->source()));
    }
    return strings;
  }

  // Empty where it is no string.
  static std::string TextOf(const toml::node& node) {
    return node.value<std::string>().value_or("");
  }

  // 0.01 or "1%".
  static std::optional<double> FractionOf(const toml::node& node) {
    if (node.is_number()) return node.value<double>();
    const std::string value = TextOf(node);
    absl::string_view text = absl::StripAsciiWhitespace(value);
    double percent = 0;
    if (!absl::ConsumeSuffix(&text, "%") || !absl::SimpleAtod(text, &percent)) return std::nullopt;
    return percent / 100;
  }

  const absl::string_view source_;
  const absl::string_view toml_;
  Policy policy_;
  absl::Status status_;
};

}  // namespace

bool CompareOverride::SelectsBenchmark(RunNames names) const {
  return absl::c_any_of(names,
                        [&](const auto& name) { return MatchesBenchmark(benchmarks, name); });
}

bool CompareOverride::Selects(RunNames names, absl::string_view metric) const {
  return MatchesAnyGlob(metrics, metric) && SelectsBenchmark(names);
}

absl::StatusOr<Policy> ParsePolicy(absl::string_view source, absl::string_view toml) {
  return Reader(source, toml).Read();
}

absl::StatusOr<Policy> ReadPolicy(absl::string_view path, results::InputOptions options) {
  options.max_bytes = std::min(options.max_bytes, kMaxPolicyBytes);
  LOADLINE_ASSIGN_OR_RETURN(const std::string toml, results::ReadInputFile(path, options));
  return ParsePolicy(path, toml);
}

}  // namespace loadline::policy
