#ifndef STOWAGE_CONTEXT_MESSAGE_WINDOW_H_
#define STOWAGE_CONTEXT_MESSAGE_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "stowage/context/project_context.h"

namespace stowage {

using MessagePtr = std::shared_ptr<const Message>;

// What a message costs in memory, its strings and their bookkeeping included.
size_t MessageFootprint(const Message& message);

// The newest messages of a conversation, as many as fit into a byte budget: every message from
// some sequence number on. Not thread-safe.
class MessageWindow {
 public:
  explicit MessageWindow(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Adds the newest message; the oldest ones leave when the budget is exceeded.
  void PushNewest(MessagePtr message);
  // Adds the message before the oldest one, if there is room; false (and complete for good, until
  // Clear()) when there is none. For filling the window from a file, newest first.
  bool PushOldest(MessagePtr message);
  // Takes out the messages with these sequence numbers (in order), as far as they are here.
  void Remove(const std::vector<int64_t>& sequences);
  void Clear();

  // The newest `limit` messages, oldest of them first; fewer if the window holds fewer.
  std::vector<MessagePtr> Newest(size_t limit) const;
  // Null if it is not here.
  MessagePtr Find(int64_t sequence) const;
  // Whether a message with this sequence number, if it exists, is here.
  bool Covers(int64_t sequence) const { return complete() || sequence >= covers_from_; }
  // Whether all messages there are, are here.
  bool complete() const { return covers_from_ == 0; }

  size_t size() const { return messages_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  const size_t max_bytes_;
  std::deque<MessagePtr> messages_;  // by sequence
  size_t bytes_ = 0;
  int64_t covers_from_ = 0;  // 0: nothing has been left out
};

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_MESSAGE_WINDOW_H_
