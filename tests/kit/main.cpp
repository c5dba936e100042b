// The one main() of every Catch test program; a test links `test_kit` and defines no main of its own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
