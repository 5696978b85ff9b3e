#include "loadline/harness/program_build.h"

namespace loadline::harness {
namespace {

constexpr ProgramBuild kNotRegistered;
// Written before main() by one thread: no lock.
constinit const ProgramBuild* registered_build = nullptr;

}  // namespace

bool RegisterProgramBuild(const ProgramBuild& build) {
  if (registered_build == nullptr) registered_build = &build;
  return true;
}

const ProgramBuild& RegisteredProgramBuild() {
  return registered_build == nullptr ? kNotRegistered : *registered_build;
}

}  // namespace loadline::harness
