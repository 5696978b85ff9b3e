# Warnings for our own code only: linked PRIVATE, never exported to consumers.
add_library(loadline_warnings INTERFACE)
target_compile_options(loadline_warnings INTERFACE
  -Wall -Wextra -Wconversion -Wno-sign-conversion -Wunused-result
  -Wno-missing-field-initializers  # gcc warns of designated initialisers that leave defaults alone
  # gcc 12 misreads std::string's own code where it optimises (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow;-Wno-stringop-overread>
  # Where several files are one unit, what one of them has to itself shadows the next one's names,
  # and looks as if a header had it.
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>
  $<$<AND:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>
  $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wthread-safety>)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,]*address")
  # gcc 12 under AddressSanitizer takes the values of a list of pairs for uninitialised.
  target_compile_options(loadline_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
