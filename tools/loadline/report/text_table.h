#ifndef TOOLS_LOADLINE_REPORT_TEXT_TABLE_H_
#define TOOLS_LOADLINE_REPORT_TEXT_TABLE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::report {

// What colour a word gets on a terminal. The word itself always says the same: colour is never the
// only sign.
enum class Tone { kPlain, kGood, kBad, kDoubtful };

// `text` in the tone's colour, or as it is when `color` is false. The text is not escaped.
std::string Painted(absl::string_view text, Tone tone, bool color);

enum class Align { kLeft, kRight };

// Lines whose columns stand below each other, two spaces apart, under a line of titles. A column
// is as wide as its widest cell, counted in code points; the last one is not padded.
class TextTable {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // A cell a column; each is escaped for a terminal here. The first gets the tone's colour.
  void Add(std::vector<std::string> cells, Tone tone = Tone::kPlain);

  // Ends in a newline.
  std::string Render(bool color) const;

 private:
  struct Line {
    std::vector<std::string> cells;
    Tone tone;
  };
  std::vector<size_t> Widths() const;

  std::vector<Column> columns_;
  std::vector<Line> lines_;
};

}  // namespace loadline::report

#endif  // TOOLS_LOADLINE_REPORT_TEXT_TABLE_H_
