# Warnings for our own code only: linked PRIVATE, never exported to consumers.
add_library(loadline_warnings INTERFACE)
target_compile_options(loadline_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wunused-result
  -Wno-missing-field-initializers  # gcc warns of designated initialisers that leave defaults alone
  $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wthread-safety>)
