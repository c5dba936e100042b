// Catch, compiled once for all sources of a test program; the compiler wants no "#pragma once" in such a file.
#include <catch2/catch.hpp>
