#include "loadline/turns/turn_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace loadline::turns {
namespace {

constexpr uint32_t kMagic = 0x4c4c5433;  // "LLT3": the version is the last character
constexpr size_t kMaxTextBytes = 64 << 10;

// Both ends run on one machine: numbers travel as they lie in memory.
struct Header {
  uint32_t magic;
  uint32_t kind;
  uint64_t family;
  uint64_t pad_bytes;
  uint64_t iterations;
  uint64_t owned_iterations;
  double min_seconds;
  double real_ns;
  double cpu_ns;
  double own_ns;
  double call_wall_ns;
  double waited_ns;
  uint64_t text_bytes;
};

double MonotonicSeconds() {
  struct timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

absl::Status Closed() { return absl::UnavailableError("the other end of the channel is closed"); }

// The first message in `bytes`, taken out of it; none while it is not all there.
absl::StatusOr<std::optional<TurnMessage>> Take(std::string& bytes) {
  Header header;
  if (bytes.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kMagic || header.text_bytes > kMaxTextBytes || header.kind < 1 ||
      header.kind > static_cast<uint32_t>(TurnMessage::Kind::kFailed)) {
    return absl::DataLossError("what came through the channel is no message of this version");
  }
  const size_t size = sizeof(header) + header.text_bytes;
  if (bytes.size() < size) return std::nullopt;
  TurnMessage message{.kind = static_cast<TurnMessage::Kind>(header.kind),
                      .family = header.family,
                      .pad_bytes = header.pad_bytes,
                      .iterations = header.iterations,
                      .owned_iterations = header.owned_iterations,
                      .min_seconds = header.min_seconds,
                      .real_ns = header.real_ns,
                      .cpu_ns = header.cpu_ns,
                      .own_ns = header.own_ns,
                      .call_wall_ns = header.call_wall_ns,
                      .waited_ns = header.waited_ns,
                      .text = bytes.substr(sizeof(header), header.text_bytes)};
  bytes.erase(0, size);
  return message;
}

}  // namespace

TurnChannel::TurnChannel(int descriptor) : descriptor_(descriptor) {
#if defined(SO_NOSIGPIPE)
  const int on = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
}

TurnChannel::~TurnChannel() { Close(); }

void TurnChannel::Close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

absl::Status TurnChannel::Send(const TurnMessage& message) {
  if (message.text.size() > kMaxTextBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a text of ", message.text.size(), " bytes is longer than 64 KiB"));
  }
  Header header{};
  header.magic = kMagic;
  header.kind = static_cast<uint32_t>(message.kind);
  header.family = message.family;
  header.pad_bytes = message.pad_bytes;
  header.iterations = message.iterations;
  header.owned_iterations = message.owned_iterations;
  header.min_seconds = message.min_seconds;
  header.real_ns = message.real_ns;
  header.cpu_ns = message.cpu_ns;
  header.own_ns = message.own_ns;
  header.call_wall_ns = message.call_wall_ns;
  header.waited_ns = message.waited_ns;
  header.text_bytes = message.text.size();
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  bytes.append(message.text);
#if defined(MSG_NOSIGNAL)
  constexpr int kFlags = MSG_NOSIGNAL;
#else
  constexpr int kFlags = 0;
#endif
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t got = ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, kFlags);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EPIPE || errno == ECONNRESET || errno == EBADF)) return Closed();
    if (got < 0) return absl::ErrnoToStatus(errno, "send to the other end of the channel");
    sent += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::StatusOr<TurnMessage> TurnChannel::Receive(double timeout_seconds) {
  const double deadline = MonotonicSeconds() + timeout_seconds;
  while (true) {
    LOADLINE_ASSIGN_OR_RETURN(std::optional<TurnMessage> message, Take(received_));
    if (message.has_value()) return *std::move(message);
    int millis = -1;
    if (timeout_seconds > 0) {
      const double left = deadline - MonotonicSeconds();
      if (left <= 0) return absl::DeadlineExceededError("no message came in time");
      millis = static_cast<int>(std::ceil(std::min(left, 1e6) * 1000));
    }
    struct pollfd ready = {descriptor_, POLLIN, 0};
    const int polled = ::poll(&ready, 1, millis);
    if (polled < 0 && errno != EINTR) return absl::ErrnoToStatus(errno, "poll the channel");
    if (polled <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return Closed();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, "receive from the channel");
    received_.append(buffer.data(), static_cast<size_t>(got));
  }
}

}  // namespace loadline::turns
