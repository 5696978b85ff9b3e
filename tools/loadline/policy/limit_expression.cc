#include "tools/loadline/policy/limit_expression.h"

#include <cmath>
#include <utility>

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

constexpr char kRateCounter[] = "success";

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

// p50, p99, p999: the digits after the point. p100 or p990 would say 0.100 or 0.990 and mean
// something else, so two digits at least and no zero behind them.
std::optional<double> QuantileOf(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "p") || name.size() < 2 || name.size() > 6) return std::nullopt;
  double scale = 1;
  double digits = 0;
  for (char c : name) {
    if (!IsDigit(c)) return std::nullopt;
    digits = digits * 10 + (c - '0');
    scale *= 10;
  }
  if (digits == 0 || (name.size() > 2 && name.back() == '0')) return std::nullopt;
  return digits / scale;
}

class Parser {
 public:
  Parser(absl::string_view text, const Unit* unit) : text_(text), unit_(unit) {}

  ParsedLimit Parse() {
    limit_.text = std::string(text_);
    if (ParseStatistic() && ParseCounter() && ParseComparison() && ParseMark() && ParseEnd()) {
      return {.expression = std::move(limit_), .error = {}, .error_offset = 0};
    }
    return {.expression = std::nullopt, .error = std::move(error_), .error_offset = error_at_};
  }

 private:
  bool Fail(size_t offset, std::string error) {
    error_ = std::move(error);
    error_at_ = offset;
    return false;
  }
  std::string Found() const {
    if (at_ >= text_.size()) return "the end";
    return Quoted(text_.substr(at_, results::FirstChar(text_.substr(at_)).size));
  }

  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  template <typename Predicate>
  absl::string_view TakeWhile(Predicate predicate) {
    const size_t begin = at_;
    while (at_ < text_.size() && predicate(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  bool Expect(char c) {
    SkipSpace();
    if (at_ < text_.size() && text_[at_] == c) return ++at_, true;
    return Fail(at_, absl::StrCat("found ", Found(), ", want ", std::string(1, c)));
  }

  bool ParseStatistic() {
    SkipSpace();
    const size_t begin = at_;
    const absl::string_view name =
        TakeWhile([](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); });
    if (name.empty()) return Fail(begin, absl::StrCat("found ", Found(), ", want a statistic"));
    return SetStatistic(name) ||
           Fail(begin, absl::StrCat("unknown statistic ", Quoted(name),
                                    ", want max, min, median, mean, p50, p90, p95, p99, p999 or "
                                    "rate"));
  }
  bool SetStatistic(absl::string_view name) {
    constexpr std::pair<absl::string_view, Statistic> kNames[] = {
        {"max", Statistic::kMax},   {"min", Statistic::kMin},   {"median", Statistic::kMedian},
        {"mean", Statistic::kMean}, {"rate", Statistic::kRate},
    };
    for (const auto& [known, statistic] : kNames) {
      if (known == name) return limit_.statistic = statistic, true;
    }
    const std::optional<double> quantile = QuantileOf(name);
    if (!quantile.has_value()) return false;
    limit_.statistic = Statistic::kQuantile;
    limit_.quantile = *quantile;
    return true;
  }

  bool ParseCounter() {
    if (!Expect('(')) return false;
    SkipSpace();
    const size_t begin = at_;
    absl::string_view name = TakeWhile([](char c) { return c != ')' && c != '('; });
    name = absl::StripTrailingAsciiWhitespace(name);
    if (name.empty()) return Fail(begin, "found no counter between the brackets");
    if (limit_.statistic == Statistic::kRate && name != kRateCounter) {
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
    if (unit_ == nullptr) return true;
    if (unit_->dimension == limit_.unit.dimension && unit_->factor == limit_.unit.factor) {
      return true;
    }
    if (limit_.unit.dimension != Dimension::kNumber) {
      return Fail(begin, absl::StrCat("unit is ", Quoted(unit_->name), ", but ",
                                      Quoted(limit_.counter), " is in ", limit_.unit.name));
    }
    limit_.unit = *unit_;
    return true;
  }

  bool ParseComparison() {
    SkipSpace();
    const size_t begin = at_;
    const absl::string_view op = TakeWhile([](char c) { return c == '<' || c == '>' || c == '='; });
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
    TakeWhile([](char c) { return IsDigit(c) || c == '.'; });
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      const size_t exponent = at_++;
      if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
      if (TakeWhile(IsDigit).empty()) at_ = exponent;
    }
    return text_.substr(begin, at_ - begin);
  }

  bool ParseMark() {
    SkipSpace();
    const size_t begin = at_;
    const absl::string_view number = TakeNumber();
    if (number.empty()) return Fail(begin, absl::StrCat("found ", Found(), ", want a number"));
    if (!absl::SimpleAtod(number, &limit_.mark)) {
      return Fail(begin, absl::StrCat(Quoted(number), " is not a number"));
    }
    SkipSpace();
    const size_t unit_begin = at_;
    const absl::string_view unit = TakeWhile([](char c) { return !IsSpace(c); });
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
    SkipSpace();
    if (at_ == text_.size()) return true;
    return Fail(at_, absl::StrCat("found ", Found(), " after the end of the limit"));
  }

  const absl::string_view text_;
  const Unit* const unit_;
  size_t at_ = 0;
  LimitExpression limit_;
  std::string error_;
  size_t error_at_ = 0;
};

}  // namespace

bool LimitExpression::upper() const {
  return comparison == Comparison::kLess || comparison == Comparison::kLessOrEqual;
}

bool LimitExpression::Holds(double value) const {
  if (!std::isfinite(value)) return false;
  switch (comparison) {
    case Comparison::kLess:
      return value < mark;
    case Comparison::kLessOrEqual:
      return value <= mark;
    case Comparison::kGreater:
      return value > mark;
    case Comparison::kGreaterOrEqual:
      return value >= mark;
  }
  return false;
}

double LimitExpression::Evaluate(absl::Span<const double> values) const {
  switch (statistic) {
    case Statistic::kMax:
      return stats::Max(values);
    case Statistic::kMin:
      return stats::Min(values);
    case Statistic::kMedian:
      return stats::Median(values);
    case Statistic::kMean:
      return stats::Mean(values);
    case Statistic::kQuantile:
      return stats::Quantile(values, quantile);
    case Statistic::kRate:
      break;
  }
  return std::nan("");
}

ParsedLimit ParseLimitExpression(absl::string_view text, const Unit* unit) {
  return Parser(text, unit).Parse();
}

}  // namespace loadline::policy
