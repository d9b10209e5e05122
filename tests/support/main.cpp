// The entry of every doctest program of the tests.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "engine/base/hash.hpp"

int main(int argc, char** argv) {
  florin::initialize_crypto();
  return doctest::Context(argc, argv).run();
}
