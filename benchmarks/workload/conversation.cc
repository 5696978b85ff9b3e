#include "benchmarks/workload/conversation.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/workload/random.h"

namespace loadline::workload {
namespace {

constexpr size_t kMaxChunks = 6;

// The role that follows `before`.
absl::string_view NextRole(absl::string_view before, Random& random) {
  if (before.empty()) return "system";
  if (before == "tool") return "assistant";
  if (before != "user") return "user";
  return random.Below(4) == 0 ? "tool" : "assistant";
}

ConversationMessage DrawMessage(const Dataset& dataset, const DatasetProject& project,
                                absl::string_view role, Random& random) {
  const size_t place = random.Below(project.row_count);
  // The number of trailing zeros is 0 in one of two draws, 1 in one of four...
  const size_t wanted =
      std::min<size_t>(kMaxChunks, 1 + static_cast<size_t>(std::countr_zero(random.Next())));
  const size_t chunks = std::min(wanted, project.row_count - place);
  const ChunkView first = dataset.row_chunk(project.first_row + place);
  ConversationMessage message{.role = role,
                              .text = {},
                              .metadata = {{"file", std::string(first.file)},
                                           {"first_line", absl::StrCat(first.first_line)},
                                           {"last_line", absl::StrCat(first.last_line)}},
                              .importance = random.Uniform()};
  for (size_t i = 0; i < chunks; ++i) {
    const absl::string_view text = dataset.row_chunk(project.first_row + place + i).text;
    message.text.append(text.data(), text.size());
  }
  return message;
}

}  // namespace

absl::StatusOr<std::vector<ConversationMessage>> DrawConversation(const Dataset& dataset,
                                                                  size_t project, size_t count,
                                                                  uint64_t seed) {
  if (!dataset.has_text()) {
    return absl::FailedPreconditionError(
        absl::StrCat("conversation about data set ", dataset.path(), ", which has vectors only"));
  }
  if (project >= dataset.projects().size()) {
    return absl::OutOfRangeError(absl::StrCat("conversation about project ", project,
                                              " of data set ", dataset.path(), ", which has ",
                                              dataset.projects().size()));
  }
  const DatasetProject& about = dataset.projects()[project];
  if (about.row_count == 0) {
    return absl::FailedPreconditionError(absl::StrCat("conversation about project ", about.name,
                                                      " of data set ", dataset.path(),
                                                      ", of which no rows are offered"));
  }
  Random random(MixBits(seed) ^ project);
  std::vector<ConversationMessage> messages;
  absl::string_view role;
  for (size_t i = 0; i < count; ++i) {
    role = NextRole(role, random);
    messages.push_back(DrawMessage(dataset, about, role, random));
  }
  return messages;
}

}  // namespace loadline::workload
