// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/masking.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "hal/ip.hpp"

namespace mwan::tool {
namespace {

constexpr std::size_t kShortestIdentity = 14;
constexpr std::size_t kLongestIdentity = 20;

std::size_t kept(IdentityKind kind) {
  switch (kind) {
    case IdentityKind::Imei:
      return 8;  // the type allocation code, 3GPP TS 23.003 section 6.2
    case IdentityKind::Imsi:
      return 5;
    case IdentityKind::Iccid:
      return 6;
    case IdentityKind::Msisdn:
      break;
  }
  return 3;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_address(char c) {
  return is_digit(c) || c == '.' || c == ':' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string masked(IdentityKind kind, std::string_view digits) {
  const std::size_t open = std::min(kept(kind), digits.size() * 3 / 5);
  return std::string(digits.substr(0, open)) + std::string(digits.size() - open, '*');
}

void Masking::know(IdentityKind kind, const std::string& digits) {
  if (digits.empty() || known_.contains(digits)) return;
  const std::size_t number = known_.size() + 1;
  known_[digits] = fmt::format("{}#{}", masked(kind, digits), number);
}

std::string Masking::digits(const std::string& run) {
  const auto at = known_.find(run);
  if (at != known_.end()) return at->second;
  if (run.size() < kShortestIdentity || run.size() > kLongestIdentity) return run;
  return fmt::format("({} digits)", run.size());
}

std::string Masking::address(const std::string& word) {
  // "10.0.0.1." ends a sentence, "10.0.0.1:53" names a port.
  std::string core = word;
  std::string rest;
  while (!core.empty() && !IpAddress::parse(core)) {
    const std::size_t cut = core.find_last_of(".:");
    if (cut == std::string::npos) return word;
    rest.insert(0, core, cut, std::string::npos);
    core.resize(cut);
  }
  const auto parsed = IpAddress::parse(core);
  if (!parsed || parsed->is_unspecified() || parsed->bytes().front() == 127) return word;
  const std::size_t number =
      seen_addresses_.try_emplace(parsed->text(), seen_addresses_.size() + 1).first->second;
  return fmt::format("(ip {}){}", number, rest);
}

std::string Masking::apply(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  const auto run = [&](auto belongs) {
    std::size_t end = at;
    while (end < text.size() && belongs(text[end])) ++end;
    return std::string(text.substr(at, end - at));
  };
  while (at < text.size()) {
    const bool starts = at == 0 || !in_word(text[at - 1]);
    if (addresses_ && starts && in_address(text[at])) {
      const std::string word = run(in_address);
      const std::string hidden = address(word);
      if (hidden != word) {
        out += hidden;
        at += word.size();
        continue;
      }
    }
    if (is_digit(text[at])) {
      const std::string number = run(is_digit);
      out += digits(number);
      at += number.size();
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace mwan::tool
