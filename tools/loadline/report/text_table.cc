#include "tools/loadline/report/text_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/escape.h"

namespace loadline::report {
namespace {

constexpr size_t kGap = 2;

size_t WidthOf(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

constexpr absl::string_view kColors[] = {"", "\x1b[32m", "\x1b[31m", "\x1b[33m"};  // of each Tone

}  // namespace

std::string Painted(absl::string_view text, Tone tone, bool color) {
  if (!color || tone == Tone::kPlain) return std::string(text);
  return absl::StrCat(kColors[static_cast<size_t>(tone)], text, "\x1b[0m");
}

void TextTable::Add(std::vector<std::string> cells, Tone tone) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = EscapeTerminal(cell);
  lines_.push_back({std::move(cells), tone});
}

std::vector<size_t> TextTable::Widths() const {
  std::vector<size_t> widths;
  for (const Column& column : columns_) widths.push_back(WidthOf(column.title));
  for (const Line& line : lines_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], WidthOf(line.cells[i]));
    }
  }
  return widths;
}

std::string TextTable::Render(bool color) const {
  const std::vector<size_t> widths = Widths();
  std::string out;
  const auto append = [&](size_t column, absl::string_view text, Tone tone) {
    const bool last = column + 1 == columns_.size();
    const std::string padding(widths[column] - WidthOf(text), ' ');
    const bool right = columns_[column].align == Align::kRight;
    absl::StrAppend(&out, right ? padding : std::string(), Painted(text, tone, color),
                    right || last ? std::string() : padding, last ? "\n" : std::string(kGap, ' '));
  };
  for (size_t i = 0; i < columns_.size(); ++i) append(i, columns_[i].title, Tone::kPlain);
  for (const Line& line : lines_) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      append(i, line.cells[i], i == 0 ? line.tone : Tone::kPlain);
    }
  }
  return out;
}

}  // namespace loadline::report
