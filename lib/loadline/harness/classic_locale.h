#ifndef LOADLINE_HARNESS_CLASSIC_LOCALE_H_
#define LOADLINE_HARNESS_CLASSIC_LOCALE_H_

#include <clocale>
#include <locale>
#include <string>

namespace loadline::harness {

// While it lives, streams are made with the C locale, whatever the program has set: Google
// Benchmark formats the numbers of its JSON with new streams, which take the global locale. After
// that the program's own is back. Not thread-safe; to be used between benchmarks.
class ClassicLocale {
 public:
  ClassicLocale()
      : c_name_(std::setlocale(LC_ALL, nullptr)),
        global_(std::locale::global(std::locale::classic())) {}
  ~ClassicLocale() {
    std::locale::global(global_);
    std::setlocale(LC_ALL, c_name_.c_str());  // which a locale without a name leaves as it is
  }
  ClassicLocale(const ClassicLocale&) = delete;
  ClassicLocale& operator=(const ClassicLocale&) = delete;

 private:
  const std::string c_name_;  // of the C library's locale
  const std::locale global_;
};

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_CLASSIC_LOCALE_H_
