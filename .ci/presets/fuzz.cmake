# libFuzzer targets, by clang: cmake -G Ninja -C .ci/presets/fuzz.cmake -S . -B build/fuzz
# The targets add the sanitizers themselves, to the parser that they drive.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(CMAKE_CXX_COMPILER clang++-16 CACHE STRING "")
set(FLORIN_FUZZ ON CACHE BOOL "")
set(FLORIN_BENCH OFF CACHE BOOL "")
