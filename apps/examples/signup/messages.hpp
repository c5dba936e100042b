// What travels between the programs of weft-signup.
//
//     add ── signup/register ──► serve ── signup/mails, a queue ──► mail       each mail is sent, whoever is away meanwhile
//                                   └──── signup/signed_up, a topic ──► count  whoever listens; nobody waits for him
#pragma once

#include <cstdint>
#include <string>

#include "weft.hpp"

namespace weft::signup {

struct Registration {
  std::string name;
  std::string email;
  WEFT_MESSAGE("signup/Registration", name, email)
};

struct Welcome {
  std::uint64_t number = 0;  ///< The how manieth user it is.
  WEFT_MESSAGE("signup/Welcome", number)
};

/// A welcome that is to be written.
struct Mail {
  std::uint64_t number = 0;
  std::string name;
  std::string email;
  WEFT_MESSAGE("signup/Mail", number, name, email)
};

struct SignedUp {
  std::string domain;  ///< Of the e-mail address; who it is is nobody's business here.
  WEFT_MESSAGE("signup/SignedUp", domain)
};

/// Idempotent: who has signed up already, by the same name, is welcomed once more.
inline constexpr Service<Registration, Welcome> registration{
    "signup/register", {.reliability = Reliability::reliable, .idempotent = true}};
/// A mail is tried again until its writer can write it, however long that takes.
inline constexpr Queue<Mail> mails{
    "signup/mails", {.reliability = Reliability::reliable, .depth = 100, .attempts = max_attempts}};
/// Best effort: a counter that hangs must not hold up those who sign up. What it misses it can tell.
inline constexpr Topic<SignedUp> signed_up{"signup/signed_up"};

}  // namespace weft::signup
