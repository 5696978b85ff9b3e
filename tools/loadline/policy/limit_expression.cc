#include "tools/loadline/policy/limit_expression.h"

#include <cmath>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::policy {
namespace {

using results::Quoted;

// p50, p99, p999: the digits after the point. p100 or p990 would say 0.100 or 0.990 and mean
// something else, so two digits at least and no zero behind them. 0: the name is no quantile's.
double QuantileOf(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "p") || name.size() < 2 || name.size() > 6) return 0;
  if (!absl::c_all_of(name, absl::ascii_isdigit)) return 0;
  if (name.size() > 2 && name.back() == '0') return 0;
  double quantile = 0;
  return absl::SimpleAtod(absl::StrCat("0.", name), &quantile) ? quantile : 0;
}

class Parser {
 public:
  Parser(absl::string_view text, const Unit* unit) : text_(text), unit_(unit) {}

  ParsedLimit Parse() {
    limit_.text = std::string(text_);
    if (ParseStatistic() && ParseCounter() && ParseComparison() && ParseMark() && ParseEnd()) {
      parsed_.expression = std::move(limit_);
    }
    return std::move(parsed_);
  }

 private:
  bool Fail(size_t offset, std::string error) {
    parsed_.error = std::move(error);
    parsed_.error_offset = offset;
    return false;
  }
  std::string Found() const {
    if (at_ >= text_.size()) return "the end";
    return Quoted(text_.substr(at_, results::FirstChar(text_.substr(at_)).size));
  }

  template <typename Predicate>
  absl::string_view TakeWhile(Predicate predicate) {
    const size_t begin = at_;
    while (at_ < text_.size() && predicate(static_cast<unsigned char>(text_[at_]))) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  // Where the next word begins.
  size_t SkipSpace() {
    TakeWhile(absl::ascii_isspace);
    return at_;
  }
  bool Expect(char c) {
    if (SkipSpace() < text_.size() && text_[at_] == c) return ++at_, true;
    return Fail(at_, absl::StrCat("found ", Found(), ", want ", std::string(1, c)));
  }

  bool ParseStatistic() {
    const size_t begin = SkipSpace();
    const absl::string_view name = TakeWhile(absl::ascii_isalnum);
    if (name.empty()) return Fail(begin, absl::StrCat("found ", Found(), ", want a statistic"));
    constexpr std::pair<absl::string_view, Statistic> kNames[] = {
        {"max", Statistic::kMax},   {"min", Statistic::kMin},   {"median", Statistic::kMedian},
        {"mean", Statistic::kMean}, {"rate", Statistic::kRate},
    };
    for (const auto& [known, statistic] : kNames) {
      if (known == name) return limit_.statistic = statistic, true;
    }
    limit_.statistic = Statistic::kQuantile;
    limit_.quantile = QuantileOf(name);
    return limit_.quantile > 0 ||
           Fail(begin, absl::StrCat("unknown statistic ", Quoted(name),
                                    ", want max, min, median, mean, p50, p90, p95, p99, p999 or "
                                    "rate"));
  }

  bool ParseCounter() {
    if (!Expect('(')) return false;
    const size_t begin = SkipSpace();
    absl::string_view name = TakeWhile([](unsigned char c) { return c != ')' && c != '('; });
    name = absl::StripTrailingAsciiWhitespace(name);
    if (name.empty()) return Fail(begin, "found no counter between the brackets");
    if (limit_.statistic == Statistic::kRate && name != "success") {
      return Fail(begin, absl::StrCat("rate(", Quoted(name),
                                      ") is unknown, want rate(success), which is ops_ok over "
                                      "ops_total"));
    }
    limit_.counter = std::string(name);
    limit_.unit = limit_.statistic == Statistic::kRate ? *FindUnit("%") : UnitOf(name);
    return ApplyCounterUnit(begin) && Expect(')');
  }

  // The name knows best: what contradicts it is a mistake in one of the two.
  bool ApplyCounterUnit(size_t begin) {
    const Unit& own = limit_.unit;
    if (unit_ == nullptr) return true;
    if (unit_->dimension == own.dimension && unit_->factor == own.factor) return true;
    if (own.dimension != Dimension::kNumber) {
      return Fail(begin, absl::StrCat("unit is ", Quoted(unit_->name), ", but ",
                                      Quoted(limit_.counter), " is in ", own.name));
    }
    limit_.unit = *unit_;
    return true;
  }

  bool ParseComparison() {
    const size_t begin = SkipSpace();
    const absl::string_view op =
        TakeWhile([](unsigned char c) { return c == '<' || c == '>' || c == '='; });
    constexpr std::pair<absl::string_view, Comparison> kOperators[] = {
        {"<", Comparison::kLess},
        {"<=", Comparison::kLessOrEqual},
        {">", Comparison::kGreater},
        {">=", Comparison::kGreaterOrEqual},
    };
    for (const auto& [known, comparison] : kOperators) {
      if (known == op) return limit_.comparison = comparison, true;
    }
    return Fail(begin,
                absl::StrCat("found ", op.empty() ? Found() : Quoted(op), ", want <, <=, > or >="));
  }

  // Digits with an optional sign, fraction and exponent; what follows is the unit.
  absl::string_view TakeNumber() {
    const size_t begin = at_;
    if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
    TakeWhile([](unsigned char c) { return absl::ascii_isdigit(c) || c == '.'; });
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      const size_t exponent = at_++;
      if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
      if (TakeWhile(absl::ascii_isdigit).empty()) at_ = exponent;
    }
    return text_.substr(begin, at_ - begin);
  }

  bool ParseMark() {
    const size_t begin = SkipSpace();
    const absl::string_view number = TakeNumber();
    if (number.empty()) return Fail(begin, absl::StrCat("found ", Found(), ", want a number"));
    if (!absl::SimpleAtod(number, &limit_.mark)) {
      return Fail(begin, absl::StrCat(Quoted(number), " is not a number"));
    }
    const size_t unit_begin = SkipSpace();
    const absl::string_view unit =
        TakeWhile([](unsigned char c) { return !absl::ascii_isspace(c); });
    if (unit.empty()) {
      limit_.mark *= limit_.unit.factor;
    } else if (!ApplyUnit(unit, unit_begin)) {
      return false;
    }
    if (!std::isfinite(limit_.mark)) {
      return Fail(begin, absl::StrCat(Quoted(number), " is out of range"));
    }
    return true;
  }

  bool ApplyUnit(absl::string_view name, size_t begin) {
    const Unit* unit = FindUnit(name);
    if (unit == nullptr) {
      return Fail(begin, absl::StrCat("unknown unit ", Quoted(name), DidYouMean(name, UnitNames()),
                                      " (units: ", absl::StrJoin(UnitNames(), " "), ")"));
    }
    const Dimension dimension = limit_.unit.dimension;
    if (dimension == Dimension::kNumber) {
      return Fail(begin, absl::StrCat(Quoted(limit_.counter), " does not say in what unit it is; ",
                                      "write a plain number, or unit = ", Quoted(name),
                                      " in the [[limit]] if that is what one of it is"));
    }
    if (unit->dimension != dimension) {
      return Fail(begin,
                  absl::StrCat(Quoted(name), " is a unit of ", DimensionName(unit->dimension),
                               ", but ", Quoted(limit_.counter), " is ", DimensionName(dimension)));
    }
    limit_.mark *= unit->factor;
    return true;
  }

  bool ParseEnd() {
    if (SkipSpace() == text_.size()) return true;
    return Fail(at_, absl::StrCat("found ", Found(), " after the end of the limit"));
  }

  const absl::string_view text_;
  const Unit* const unit_;
  size_t at_ = 0;
  LimitExpression limit_;
  ParsedLimit parsed_;
};

}  // namespace

bool LimitExpression::upper() const {
  return comparison == Comparison::kLess || comparison == Comparison::kLessOrEqual;
}

bool LimitExpression::Holds(double value) const {
  if (!std::isfinite(value)) return false;
  const bool or_equal =
      comparison == Comparison::kLessOrEqual || comparison == Comparison::kGreaterOrEqual;
  if (value == mark) return or_equal;
  return upper() ? value < mark : value > mark;
}

double LimitExpression::Evaluate(absl::Span<const double> values) const {
  if (statistic == Statistic::kMax) return stats::Max(values);
  if (statistic == Statistic::kMin) return stats::Min(values);
  if (statistic == Statistic::kMedian) return stats::Median(values);
  if (statistic == Statistic::kMean) return stats::Mean(values);
  return stats::Quantile(values, quantile);
}

ParsedLimit ParseLimitExpression(absl::string_view text, const Unit* unit) {
  return Parser(text, unit).Parse();
}

}  // namespace loadline::policy
