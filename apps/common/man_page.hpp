// Man pages from the definitions that --help shows.
//
// Threads   Pure but for add_man_option, which changes the App.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace weft::app {

/// The command line of a subcommand: "weft topic echo".
std::string command_of(const CLI::App& app);

/// The page of section 1, in the man macros: name, synopsis, arguments, options, verbs, the footer, what belongs to it.
std::string man_page(const CLI::App& app, const std::string& version);

/// Gives the program and each of its subcommands a hidden --man, which prints its page and ends, as --help does.
void add_man_option(CLI::App& app, const std::string& version);

}  // namespace weft::app
