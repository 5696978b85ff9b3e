#include "tools/loadline/policy/policy.h"

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
#include "tools/loadline/policy/environment_rules.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::policy {
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
      if (name == "inconclusive") {
        return Error(PositionOf(key.source()),
                     "\"inconclusive\" is called \"noisy\" now: it is about rows that may be worse "
                     "by more than the guard; the others pass");
      }
      return Error(
          PositionOf(key.source()),
          absl::StrCat("unknown key ", Quoted(name), " in ", where, DidYouMean(name, known),
                       " (known: ", absl::StrJoin(known, ", "), ")"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadTop(const toml::table& top) {
    LOADLINE_RETURN_IF_ERROR(
        CheckKeys(top, "the policy", {"limit", "compare", "reference", "reference_model"}));
    LOADLINE_RETURN_IF_ERROR(ReadReference(top));
    if (const toml::node* limits = top.get("limit")) LOADLINE_RETURN_IF_ERROR(ReadLimits(*limits));
    if (const toml::node* compare = top.get("compare")) {
      LOADLINE_RETURN_IF_ERROR(ReadCompare(*compare));
    }
    return absl::OkStatus();
  }

  absl::Status ReadReference(const toml::table& top) {
    const std::pair<const char*, std::string*> texts[] = {
        {"reference", &policy_.reference}, {"reference_model", &policy_.reference_model}};
    for (const auto& [key, text] : texts) {
      const toml::node* node = top.get(key);
      if (node == nullptr) continue;
      *text = node->value<std::string>().value_or("");
      if (text->empty()) {
        return ErrorAt(*node, absl::StrCat(key, " is no name of a machine, such as \"Mac mini\""));
      }
    }
    if (policy_.reference.empty() && !policy_.reference_model.empty()) {
      return ErrorAt(*top.get("reference_model"), "reference_model needs reference as well");
    }
    if (policy_.reference_model.empty()) policy_.reference_model = policy_.reference;
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
    LOADLINE_RETURN_IF_ERROR(
        CheckKeys(table, "[[limit]]",
                  {"benchmarks", "except", "require", "missing", "unit", "mode", "confidence"}));
    LOADLINE_ASSIGN_OR_RETURN(const auto globs, ReadStrings(table, "[[limit]]", "benchmarks"));
    std::vector<PlacedString> exceptions;
    if (table.contains("except")) {
      LOADLINE_ASSIGN_OR_RETURN(exceptions, ReadStrings(table, "[[limit]]", "except"));
    }
    LOADLINE_ASSIGN_OR_RETURN(const auto requirements, ReadStrings(table, "[[limit]]", "require"));
    Limit limit;
    for (const auto& [glob, where] : globs) {
      if (glob.empty()) return Error(where, "benchmarks is empty; \"*\" means all");
      limit.benchmarks.push_back(glob);
    }
    for (const auto& [glob, where] : exceptions) {
      if (glob.empty()) return Error(where, "except is empty; leave it out to except nothing");
      limit.except.push_back(glob);
    }
    LOADLINE_RETURN_IF_ERROR(ReadMode(table, limit));
    LOADLINE_RETURN_IF_ERROR(ReadMissing(table, limit));
    LOADLINE_ASSIGN_OR_RETURN(const Unit* const unit, ReadUnit(table));
    for (const auto& [text, where] : requirements) {
      ParsedLimit parsed = ParseLimitExpression(text, unit);
      if (!parsed.expression.has_value()) {
        return Error(PositionInTomlString(toml_, where, parsed.error_offset), parsed.error);
      }
      limit.require = *std::move(parsed.expression);
      if (limit.confident && !CanBeConfident(limit.require.statistic)) {
        return Error(where,
                     "mode \"confident\" is for rate(success), quantiles and medians; the others "
                     "have no limit that holds for every distribution");
      }
      limit.where = where;
      policy_.limits.push_back(limit);
    }
    return absl::OkStatus();
  }

  static bool CanBeConfident(Statistic statistic) {
    return statistic == Statistic::kRate || statistic == Statistic::kQuantile ||
           statistic == Statistic::kMedian;
  }

  absl::Status ReadMode(const toml::table& table, Limit& limit) const {
    if (const toml::node* mode = table.get("mode")) {
      const std::string text = mode->value<std::string>().value_or("");
      if (text != "point" && text != "confident") {
        return ErrorAt(*mode, "mode is neither \"point\" nor \"confident\"");
      }
      limit.confident = text == "confident";
    }
    const toml::node* confidence = table.get("confidence");
    if (confidence == nullptr) return absl::OkStatus();
    if (!limit.confident) {
      return ErrorAt(*confidence, "confidence is only for mode = \"confident\"");
    }
    const double value = ReadFraction(*confidence).value_or(0);
    if (!(value >= 0.5) || !(value < 1)) {
      return ErrorAt(*confidence, "confidence is no share from 0.5 and below 1, such as \"95%\"");
    }
    limit.confidence = value;
    return absl::OkStatus();
  }

  absl::Status ReadMissing(const toml::table& table, Limit& limit) const {
    const toml::node* missing = table.get("missing");
    if (missing == nullptr) return absl::OkStatus();
    const std::string text = missing->value<std::string>().value_or("");
    if (text != "error" && text != "skip") {
      return ErrorAt(
          *missing,
          "missing is neither \"error\" nor \"skip\": it says what becomes of benchmarks "
          "that lack the counter");
    }
    limit.skip_missing = text == "skip";
    return absl::OkStatus();
  }

  // Null where the table has none.
  absl::StatusOr<const Unit*> ReadUnit(const toml::table& table) const {
    const toml::node* node = table.get("unit");
    if (node == nullptr) return nullptr;
    const std::string name = node->value<std::string>().value_or("");
    const Unit* unit = FindUnit(name);
    if (unit != nullptr) return unit;
    return ErrorAt(*node, absl::StrCat("unit is none of ", absl::StrJoin(UnitNames(), " "),
                                       DidYouMean(name, UnitNames())));
  }

  using PlacedString = std::pair<std::string, TextPosition>;

  // A string, or an array of at least one.
  absl::StatusOr<std::vector<PlacedString>> ReadStrings(const toml::table& table, const char* where,
                                                        const char* key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return ErrorAt(table, absl::StrCat(where, " has no ", key));
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
    LOADLINE_RETURN_IF_ERROR(CheckKeys(*table, "[compare]",
                                       {"margin", "guard", "alpha", "metrics", "allow_env",
                                        "fail_on", "noisy", "missing", "new", "override"}));
    ComparePolicy& compare = policy_.compare;
    LOADLINE_RETURN_IF_ERROR(ReadMargin(*table, compare.margin));
    LOADLINE_RETURN_IF_ERROR(ReadAlpha(*table, compare.alpha));
    LOADLINE_RETURN_IF_ERROR(ReadMetrics(*table));
    LOADLINE_RETURN_IF_ERROR(ReadAllowed(*table));
    LOADLINE_RETURN_IF_ERROR(ReadGuard(*table, compare.guard));
    LOADLINE_RETURN_IF_ERROR(ReadFailOn(*table));
    LOADLINE_RETURN_IF_ERROR(ReadActions(*table, compare.noisy, compare.missing, compare.new_));
    if (const toml::node* overrides = table->get("override")) return ReadOverrides(*overrides);
    return absl::OkStatus();
  }

  absl::Status ReadMargin(const toml::table& table, std::optional<double>& margin) const {
    const toml::node* node = table.get("margin");
    if (node == nullptr) return absl::OkStatus();
    margin = ReadFraction(*node);
    if (!margin.has_value() || !(*margin > 0) || !(*margin < 1)) {
      return ErrorAt(*node, "margin is no share above 0 and below 1, such as \"1%\" or 0.01");
    }
    return absl::OkStatus();
  }

  absl::Status ReadGuard(const toml::table& table, std::optional<double>& guard) const {
    const toml::node* node = table.get("guard");
    if (node == nullptr) return absl::OkStatus();
    guard = ReadFraction(*node);
    if (!guard.has_value() || !(*guard > 0)) {
      return ErrorAt(*node, "guard is no share above 0, such as \"25%\" or 0.25");
    }
    return absl::OkStatus();
  }

  absl::Status ReadFailOn(const toml::table& table) {
    const toml::node* node = table.get("fail_on");
    if (node == nullptr) return absl::OkStatus();
    const std::string text = node->value<std::string>().value_or("");
    if (text != "regressed" && text != "slower") {
      return ErrorAt(*node,
                     "fail_on is neither \"regressed\" (worse by more than the margin is "
                     "proved) nor \"slower\" (worse is proved, and seems at least the margin)");
    }
    policy_.compare.slower_fails = text == "slower";
    return absl::OkStatus();
  }

  absl::Status ReadAlpha(const toml::table& table, std::optional<double>& alpha) const {
    const toml::node* node = table.get("alpha");
    if (node == nullptr) return absl::OkStatus();
    alpha = ReadFraction(*node);
    if (!alpha.has_value() || !(*alpha > 0) || !(*alpha < 0.5)) {
      return ErrorAt(*node, "alpha is no chance above 0 and below 0.5, such as 0.01");
    }
    return absl::OkStatus();
  }

  absl::Status ReadMetrics(const toml::table& table) {
    if (!table.contains("metrics")) return absl::OkStatus();
    LOADLINE_ASSIGN_OR_RETURN(const auto globs, ReadStrings(table, "[compare]", "metrics"));
    for (const auto& [glob, where] : globs) {
      if (glob.empty()) return Error(where, "metrics has an empty name; \"*\" means all");
      policy_.compare.metrics.push_back(glob);
    }
    return absl::OkStatus();
  }

  absl::Status ReadAllowed(const toml::table& table) {
    if (!table.contains("allow_env")) return absl::OkStatus();
    LOADLINE_ASSIGN_OR_RETURN(const auto keys, ReadStrings(table, "[compare]", "allow_env"));
    const std::vector<std::string> known = EnvironmentKeys();
    for (const auto& [key, where] : keys) {
      if (key != "all" && std::find(known.begin(), known.end(), key) == known.end()) {
        return Error(where, absl::StrCat("allow_env: no key ", Quoted(key), " of the environment",
                                         DidYouMean(key, known), " (known: all, ",
                                         absl::StrJoin(known, ", "), ")"));
      }
      policy_.compare.allow_env.push_back(key);
    }
    return absl::OkStatus();
  }

  // T: Action or std::optional<Action>.
  template <typename T>
  absl::Status ReadActions(const toml::table& table, T& noisy, T& missing, T& new_) const {
    const std::pair<const char*, T*> actions[] = {
        {"noisy", &noisy}, {"missing", &missing}, {"new", &new_}};
    for (const auto& [key, action] : actions) {
      const toml::node* node = table.get(key);
      if (node == nullptr) continue;
      const std::string text = node->value<std::string>().value_or("");
      if (text == "fail") {
        *action = Action::kFail;
      } else if (text == "warn") {
        *action = Action::kWarn;
      } else if (text == "ignore") {
        *action = Action::kIgnore;
      } else {
        return ErrorAt(*node, absl::StrCat(key, " is none of \"fail\", \"warn\" and \"ignore\""));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadOverrides(const toml::node& node) {
    const toml::array* overrides = node.as_array();
    constexpr char kWrite[] = "override is not a list of tables; write [[compare.override]]";
    if (overrides == nullptr) return ErrorAt(node, kWrite);
    for (const toml::node& override : *overrides) {
      const toml::table* table = override.as_table();
      if (table == nullptr) return ErrorAt(override, kWrite);
      LOADLINE_RETURN_IF_ERROR(ReadOverride(*table));
    }
    return absl::OkStatus();
  }

  absl::Status ReadOverride(const toml::table& table) {
    constexpr char kWhere[] = "[[compare.override]]";
    LOADLINE_RETURN_IF_ERROR(CheckKeys(table, kWhere,
                                       {"benchmarks", "metrics", "margin", "guard", "direction",
                                        "gate", "noisy", "missing", "new"}));
    CompareOverride override;
    override.where = PositionOf(table.source());
    LOADLINE_RETURN_IF_ERROR(ReadGlobs(table, "benchmarks", override.benchmarks));
    LOADLINE_RETURN_IF_ERROR(ReadGlobs(table, "metrics", override.metrics));
    LOADLINE_RETURN_IF_ERROR(ReadMargin(table, override.margin));
    LOADLINE_RETURN_IF_ERROR(ReadGuard(table, override.guard));
    LOADLINE_RETURN_IF_ERROR(ReadDirection(table, override.direction));
    LOADLINE_RETURN_IF_ERROR(ReadActions(table, override.noisy, override.missing, override.new_));
    if (const toml::node* gate = table.get("gate")) {
      if (!gate->is_boolean()) return ErrorAt(*gate, "gate is neither true nor false");
      override.gate = gate->value<bool>();
    }
    policy_.compare.overrides.push_back(std::move(override));
    return absl::OkStatus();
  }

  absl::Status ReadGlobs(const toml::table& table, const char* key,
                         std::vector<std::string>& globs) const {
    if (!table.contains(key)) return absl::OkStatus();
    LOADLINE_ASSIGN_OR_RETURN(const auto strings, ReadStrings(table, "[[compare.override]]", key));
    globs.clear();
    for (const auto& [glob, where] : strings) {
      if (glob.empty()) return Error(where, absl::StrCat(key, " is empty; \"*\" means all"));
      globs.push_back(glob);
    }
    return absl::OkStatus();
  }

  absl::Status ReadDirection(const toml::table& table, std::optional<Direction>& direction) const {
    const toml::node* node = table.get("direction");
    if (node == nullptr) return absl::OkStatus();
    const std::string text = node->value<std::string>().value_or("");
    if (text == "lower") {
      direction = Direction::kLowerIsBetter;
    } else if (text == "higher") {
      direction = Direction::kHigherIsBetter;
    } else if (text == "none") {
      direction = Direction::kUnknown;
    } else {
      return ErrorAt(*node, "direction is none of \"lower\", \"higher\" (is better) and \"none\"");
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

bool CompareOverride::SelectsBenchmark(absl::string_view benchmark) const {
  return MatchesBenchmark(benchmarks, benchmark);
}

bool CompareOverride::Selects(absl::string_view benchmark, absl::string_view metric) const {
  return MatchesAnyGlob(metrics, metric) && SelectsBenchmark(benchmark);
}

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

}  // namespace loadline::policy
