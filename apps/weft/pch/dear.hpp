// What nearly every file of the tool includes and is dear to compile, compiled once; the compiler wants no "#pragma once"
// in such a file, and nobody includes it by hand.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
