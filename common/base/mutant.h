// Deliberate faults, each of which the tests must catch (tests/mutants, docs/adr/0005-mutants.md).
// They are in one build of their own, which the CMake option SYNCLINE_MUTANTS makes (preset
// mutants), and the environment variable SYNC_MUTANT=NAME chooses one. In all other builds nothing
// of this is in a program.
//
// Most mutants are other texts of a SQL statement and need nothing here. Where SQL cannot say it,
// the code asks MUTANT("name"); a file that does says so with syncline_mutant_sites(TARGET FILE).
#pragma once

#include <string_view>

#ifndef SYNCLINE_MUTANTS
#error "this file needs syncline_mutant_sites() in its CMakeLists.txt"
#endif

#if SYNCLINE_MUTANTS

namespace syncline {

// Whether this process is the mutant `name`. Ends the process when there is no such mutant.
bool IsMutant(std::string_view name);

// The text of the statement `name` as the chosen mutant has it, for the sources that
// cmake/Embed.cmake generates. Ends the process when a place to change is not there exactly once.
// The result lives as long as the process.
std::string_view MutatedText(std::string_view name, std::string_view text);

// What a mutant splits off from a statement: a statement of its own, with the same parameters.
// Empty for none.
std::string_view MutantStatementBefore(std::string_view name);
std::string_view MutantStatementAfter(std::string_view name);

}  // namespace syncline

#define MUTANT(name) ::syncline::IsMutant(name)

#else

#define MUTANT(name) false

#endif
