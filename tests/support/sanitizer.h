#ifndef TESTS_SUPPORT_SANITIZER_H_
#define TESTS_SUPPORT_SANITIZER_H_

namespace loadline::testing {

// Whether this build carries a sanitizer: its shadow memory is in every memory figure, so tests
// that look for planted bytes skip.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kHasShadowMemory = true;
#elif defined(__has_feature)
inline constexpr bool kHasShadowMemory =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kHasShadowMemory = false;
#endif

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_SANITIZER_H_
