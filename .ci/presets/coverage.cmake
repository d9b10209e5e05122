# Line coverage by gcov: cmake -G Ninja -C .ci/presets/coverage.cmake -S . -B build/coverage, run the tests, then gcov.
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_CXX_FLAGS "--coverage -fprofile-update=atomic" CACHE STRING "")
set(FLORIN_BENCH OFF CACHE BOOL "")
