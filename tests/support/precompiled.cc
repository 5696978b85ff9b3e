// What tests_precompiled compiles beside its precompiled header: nothing.
