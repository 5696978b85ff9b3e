#include "tools/loadline/run/benchmark_name.h"

#include <gtest/gtest.h>
#include <regex.h>

#include <regex>
#include <string>
#include <vector>

namespace loadline::run {
namespace {

// What a C library says: Google Benchmark can be built with either kind.
bool PosixFinds(const std::string& filter, const std::string& text) {
  regex_t compiled;
  EXPECT_EQ(::regcomp(&compiled, filter.c_str(), REG_EXTENDED | REG_NOSUB), 0) << filter;
  const bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return found;
}

bool StandardFinds(const std::string& filter, const std::string& text,
                   std::regex_constants::syntax_option_type grammar) {
  try {
    return std::regex_search(text, std::regex(filter, grammar));
  } catch (const std::regex_error& error) {
    ADD_FAILURE() << filter << ": " << error.what();
    return false;
  }
}

std::vector<std::string> OddNames() {
  std::vector<std::string> names = {
      "-Negated", "Map<int, char[4]>/8", "f(x){return}", "a\\b\\",          "Größe/µ",
      "^$",       "{3}[^]](|)*+?",       "say \"so\"",   "x{1,2}/threads:2"};
  for (int c = ' '; c < 0x7f; ++c) {
    names.push_back(std::string("a") + static_cast<char>(c) + "b");
    names.push_back(std::string(2, static_cast<char>(c)));
  }
  return names;
}

TEST(ExactFilter, IsTakenInEveryGrammarAndFindsItsNameAlone) {
  for (const std::string& name : OddNames()) {
    const std::string filter = ExactFilter(name);
    for (const std::string& text : {name, name + "x", "x" + name}) {
      const bool wanted = text == name;
      EXPECT_EQ(PosixFinds(filter, text), wanted) << filter << " in " << text;
      for (const auto grammar :
           {std::regex_constants::extended, std::regex_constants::ECMAScript}) {
        EXPECT_EQ(StandardFinds(filter, text, grammar), wanted) << filter << " in " << text;
      }
    }
  }
}

TEST(CheckName, RefusesOnlyWhatCannotBePrinted) {
  EXPECT_TRUE(CheckName("Größe[\"8\"]/x:1").ok());
  EXPECT_FALSE(CheckName("a\x01").ok());
  EXPECT_FALSE(CheckName("a\xff").ok());
}

}  // namespace
}  // namespace loadline::run
