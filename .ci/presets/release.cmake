# What is shipped and measured: cmake -G Ninja -C .ci/presets/release.cmake -S . -B build/release
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
