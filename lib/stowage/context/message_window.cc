#include "stowage/context/message_window.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stowage {
namespace {

// The control block of a shared_ptr with its heap header, and the slot in the deque.
constexpr size_t kBookkeepingBytes = 48;
// A red-black tree node around a pair of strings.
constexpr size_t kMapNodeBytes = 48;

bool BySequence(const MessagePtr& message, int64_t sequence) {
  return message->sequence < sequence;
}

}  // namespace

size_t MessageFootprint(const Message& message) {
  size_t bytes = sizeof(Message) + kBookkeepingBytes + message.text.capacity();
  for (const auto& [key, value] : message.metadata) {
    bytes += kMapNodeBytes + 2 * sizeof(std::string) + key.capacity() + value.capacity();
  }
  return bytes;
}

void MessageWindow::PushNewest(MessagePtr message) {
  bytes_ += MessageFootprint(*message);
  messages_.push_back(std::move(message));
  while (bytes_ > max_bytes_) {
    covers_from_ = messages_.front()->sequence + 1;
    bytes_ -= MessageFootprint(*messages_.front());
    messages_.pop_front();
  }
}

bool MessageWindow::PushOldest(MessagePtr message) {
  const size_t footprint = MessageFootprint(*message);
  if (!complete() || footprint > max_bytes_ - bytes_) {
    if (complete()) covers_from_ = message->sequence + 1;
    return false;
  }
  bytes_ += footprint;
  messages_.push_front(std::move(message));
  return true;
}

void MessageWindow::Remove(const std::vector<int64_t>& sequences) {
  const auto goes = [&](const MessagePtr& message) {
    return std::binary_search(sequences.begin(), sequences.end(), message->sequence);
  };
  for (const MessagePtr& message : messages_) {
    if (goes(message)) bytes_ -= MessageFootprint(*message);
  }
  std::erase_if(messages_, goes);
}

void MessageWindow::Clear() {
  messages_.clear();
  bytes_ = 0;
  covers_from_ = 0;
}

std::vector<MessagePtr> MessageWindow::Newest(size_t limit) const {
  const auto count = static_cast<std::ptrdiff_t>(std::min(limit, messages_.size()));
  return {std::prev(messages_.end(), count), messages_.end()};
}

MessagePtr MessageWindow::Find(int64_t sequence) const {
  const auto it = std::lower_bound(messages_.begin(), messages_.end(), sequence, BySequence);
  return it != messages_.end() && (*it)->sequence == sequence ? *it : nullptr;
}

}  // namespace stowage
