#ifndef TESTS_SUPPORT_SANITIZER_H_
#define TESTS_SUPPORT_SANITIZER_H_

namespace loadline::testing {

// Whether a sanitizer that keeps shadow memory is built in: exact figures of memory then count the
// shadow too, and their tests skip themselves.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kHasShadowMemory = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kHasShadowMemory = true;
#else
inline constexpr bool kHasShadowMemory = false;
#endif
#else
inline constexpr bool kHasShadowMemory = false;
#endif

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_SANITIZER_H_
