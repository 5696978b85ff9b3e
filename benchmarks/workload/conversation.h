#ifndef BENCHMARKS_WORKLOAD_CONVERSATION_H_
#define BENCHMARKS_WORKLOAD_CONVERSATION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/workload/dataset.h"

namespace loadline::workload {

// One message of a conversation about a project's code.
struct ConversationMessage {
  absl::string_view role;                       // "system", "user", "assistant" or "tool"
  std::string text;                             // real source text: 1 to 6 chunks; any bytes
  std::map<std::string, std::string> metadata;  // "file", "first_line", "last_line"
  double importance = 0;                        // in [0, 1)
};

// `count` messages about one project: first "system", then "user" and "assistant" in turn, with
// one assistant turn in four preceded by a "tool" message. The first chunk of a message is drawn
// from the project's rows; the number of chunks is 1 to 6, each further one half as likely, so
// that most messages have some hundred bytes and a few several thousand.
// The same seed gives the same messages.
// kOutOfRange: no such project; kFailedPrecondition: no text, or the project has no rows.
absl::StatusOr<std::vector<ConversationMessage>> DrawConversation(const Dataset& dataset,
                                                                  size_t project, size_t count,
                                                                  uint64_t seed);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_CONVERSATION_H_
