#include "tools/loadline/run/interruption.h"

namespace loadline::run {
namespace {

volatile std::sig_atomic_t interrupted = 0;
int depth = 0;
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

void OnSignal(int) { interrupted = 1; }

}  // namespace

Interruption::Interruption() {
  ++depth;
  struct sigaction action {};
  action.sa_handler = OnSignal;  // without SA_RESTART: waiting calls return at once
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < 3; ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
  }
}

Interruption::~Interruption() {
  for (int i = 0; i < 3; ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  if (--depth == 0) interrupted = 0;
}

bool Interruption::Interrupted() { return interrupted != 0; }

}  // namespace loadline::run
