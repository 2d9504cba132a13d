// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/interference_firewall.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace mwan::failover::ipfire {

namespace {

// No netdev, chain or target of ours holds a blank, so quoted comments do no harm.
std::vector<std::string> words_of(std::string_view line) {
  std::istringstream in{std::string(line.substr(0, 1024))};
  std::vector<std::string> out;
  std::string one;
  while (in >> one) out.push_back(one);
  return out;
}

// The word after one that is not preceded by "!".
std::string after(const std::vector<std::string>& words, std::string_view option) {
  for (std::size_t i = 2; i + 1 < words.size(); ++i) {
    if (words[i] == option && words[i - 1] != "!") return words[i + 1];
  }
  return {};
}

}  // namespace

void read_rules(std::string_view saved, FoundFirewall& into) {
  while (!saved.empty()) {
    const auto end = saved.find('\n');
    const std::string_view line = saved.substr(0, end);
    saved.remove_prefix(end == std::string_view::npos ? saved.size() : end + 1);
    if (!line.starts_with("-A ")) continue;
    const auto words = words_of(line);
    if (words.size() < 4) continue;
    const std::string& chain = words[1];
    const std::string target = after(words, "-j");
    const std::string device = after(words, "-o");
    if (chain == "POSTROUTING" && target == "REDNAT") into.reached = true;
    if (chain == "REDNAT" && target == "MASQUERADE") into.masqueraded.push_back(device);
    if (chain == "REDFORWARD" && target == "DROP") into.dropped.push_back(device);
  }
}

}  // namespace mwan::failover::ipfire
