#include "tools/loadline/cli/parse_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {
namespace {

using Words = FlagValue::Words;

// CLI11 takes a value in brackets for a list, and hands on what is between them; to us it is a glob
// or a name. Where there is none behind "--flag=" it takes the next word. So every such value has a
// character in front while CLI11 sees it.
constexpr char kGuard = '\x01';

// To CLI11 a "--" behind a flag of several words ends those and no more, so that a flag is put
// between them. What somebody types has kGuard behind it and is another.
constexpr char kFlagsEnd[] = "--end-of-flags";

// Where the value begins of a word that may be --flag=value.
size_t ValueOf(absl::string_view word) {
  const size_t equals = absl::StartsWith(word, "--") ? word.find('=') : absl::string_view::npos;
  return equals == absl::string_view::npos ? 0 : equals + 1;
}

std::string Guarded(std::string word) {
  const size_t value = ValueOf(word);
  const bool empty = value > 0 && value == word.size();
  if (empty || (!word.empty() && word.find_first_of("[{\x01", value) == value)) {
    word.insert(value, 1, kGuard);
  }
  if (absl::StartsWith(word, kFlagsEnd)) word.insert(sizeof(kFlagsEnd) - 1, 1, kGuard);
  return word;
}

std::string Unguarded(std::string word) {
  if (absl::StartsWith(word, kFlagsEnd)) word.erase(sizeof(kFlagsEnd) - 1, 1);
  const size_t value = ValueOf(word);
  if (value < word.size() && word[value] == kGuard) word.erase(value, 1);
  return word;
}

std::vector<std::string> Prepared(absl::Span<const std::string> words) {
  std::vector<std::string> prepared;
  bool ended = false;
  for (const std::string& word : words) {
    if (word == "--" && !std::exchange(ended, true)) prepared.push_back(kFlagsEnd);
    prepared.push_back(Guarded(word));
  }
  return prepared;
}

void Take(const Flag& flag, absl::string_view word) {
  const absl::Status status = flag.value.take(word);
  if (!status.ok()) throw CLI::ValidationError(flag.name, std::string(status.message()));
}

void Declare(const Flag& flag, CLI::App& app) {
  if (flag.value.words == Words::kNone) {
    app.add_flag_callback(flag.name, [&flag] { Take(flag, ""); })
        ->check([](const std::string& value) { return value == "true" ? "" : "takes no value"; });
    return;
  }
  CLI::Option* const option = app.add_option(flag.name, [&flag](const CLI::results_t& words) {
    if (flag.value.words == Words::kOne && words.size() > 1) {
      throw CLI::ValidationError(flag.name,
                                 absl::StrCat("is given ", words.size(), " times; want one"));
    }
    for (const std::string& word : words) {
      if (word == kFlagsEnd) {
        throw CLI::ArgumentMismatch::TypedAtLeast(flag.name, 1, flag.value.shown);
      }
      Take(flag, Unguarded(word));
    }
    return true;
  });
  option->required(flag.required)->type_name(flag.value.shown);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (flag.value.words == Words::kSeveral) option->expected(1, -1)->allow_extra_args();
}

std::string Unexpected(const Usage& usage, const std::string& word) {
  std::vector<std::string> names = {"--help"};
  for (const Flag& flag : usage.flags) {
    if (absl::StartsWith(flag.name, "-")) names.push_back(flag.name);
  }
  const std::string given = Unguarded(word.substr(0, word.find('=')));
  return absl::StrCat(results::Quoted(given), " is not expected", policy::DidYouMean(given, names));
}

}  // namespace

absl::StatusOr<Request> ParseFlags(const Usage& usage, absl::Span<const std::string> words) {
  CLI::App app;
  app.set_help_flag("-h,--help");
  app.add_flag(kFlagsEnd);
  for (const Flag& flag : usage.flags) Declare(flag, app);
  // CLI11 takes its words from the back.
  std::vector<std::string> prepared = Prepared(words);
  std::reverse(prepared.begin(), prepared.end());
  try {
    app.parse(std::move(prepared));
  } catch (const CLI::ParseError& error) {
    if (app.get_help_ptr()->count() > 0) return Request::kHelp;
    // Where a flag is missing, what was not expected is mostly that flag, misspelt.
    for (const std::string& word : app.remaining()) {
      if (word != "--") return absl::InvalidArgumentError(Unexpected(usage, word));
    }
    return absl::InvalidArgumentError(error.what());
  }
  return Request::kRun;
}

}  // namespace loadline::cli
