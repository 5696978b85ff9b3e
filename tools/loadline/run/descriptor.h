#ifndef TOOLS_LOADLINE_RUN_DESCRIPTOR_H_
#define TOOLS_LOADLINE_RUN_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace loadline::run {

// A file descriptor, closed at the end of its scope.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void Reset(int fd) {
    Close();
    fd_ = fd;
  }
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_DESCRIPTOR_H_
