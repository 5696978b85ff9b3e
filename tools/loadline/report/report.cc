#include "tools/loadline/report/report.h"

namespace loadline::report {

template <typename Verdict>
std::string Render(const Verdict& verdict, Format format, const TextOptions& options) {
  switch (format) {
    case Format::kText:
      return AsText(verdict, options);
    case Format::kMarkdown:
      return AsMarkdown(verdict);
    case Format::kJson:
      return AsJson(verdict);
    case Format::kJunit:
      return AsJunit(verdict);
    case Format::kSarif:
      return AsSarif(verdict);
    case Format::kCsv:
      return AsCsv(verdict);
  }
  return std::string();
}

template std::string Render(const limits::CheckVerdict&, Format, const TextOptions&);
template std::string Render(const compare::CompareVerdict&, Format, const TextOptions&);

}  // namespace loadline::report
