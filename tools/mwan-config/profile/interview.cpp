// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/profile/interview.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "failover/hotplug/auto_profiles.hpp"
#include "hal/discovery/classify.hpp"
#include "tools/mwan-config/edit/settings_edit.hpp"

namespace mwan::config_tool {
namespace {

constexpr int tries = 3;

struct Offer {
  const HardwareDevice* device;
  LinkKind kind;
};

std::vector<Offer> offers_of(std::span<const HardwareDevice> devices) {
  std::vector<Offer> out;
  for (const HardwareDevice& device : devices) {
    const auto kind = link_kind_of(device);
    // What software made is somebody's work on purpose: he knows its name.
    if (device.kind == DeviceKind::Virtual) continue;
    if (kind && device.complete()) out.push_back({&device, *kind});
  }
  return out;
}

std::string offer_words(const Offer& offer, const std::map<std::string, std::string>& notes) {
  std::string out(failover::word(offer.kind));
  if (offer.device->net) out += " " + offer.device->net->sysname;
  if (offer.device->control) out += " " + offer.device->control->devnode;
  if (!offer.device->vendor_id.empty()) {
    out += fmt::format(" ({}:{})", offer.device->vendor_id, offer.device->product_id);
  } else if (offer.device->net && !offer.device->net->driver.empty()) {
    out += fmt::format(" ({})", offer.device->net->driver);
  }
  if (!offer.device->net) return out;
  const auto note = notes.find(offer.device->net->sysname);
  return note == notes.end() ? out : out + ": " + note->second;
}

class Interview {
 public:
  Interview(const InterviewFacts& facts, const Interviewer& with) : facts_(facts), with_(with) {}

  std::optional<InterviewAnswers> run() {
    const bool done = ask_device() && ask_kind() && ask_rest();
    if (!done) return std::nullopt;
    return std::move(answers_);
  }

 private:
  using Check = std::function<std::string(const std::string&)>;  // what is wrong; empty: nothing

  // Empty stands for usual.
  std::optional<std::string> ask(const std::string& question, const std::string& usual,
                                 const Check& check, bool secret = false) {
    const std::string shown = usual.empty() ? question + ": " : question + " [" + usual + "]: ";
    for (int i = 0; i < tries; ++i) {
      auto said = with_.ask(shown, secret);
      if (!said) return std::nullopt;
      if (said->empty()) *said = usual;
      const std::string wrong = check(*said);
      if (wrong.empty()) return said;
      with_.say("  " + wrong);
    }
    return std::nullopt;
  }

  void put(const std::string& key, const std::string& value) {
    if (!value.empty()) answers_.profile.push_back({key, value});
  }

  // optional: an empty answer leaves the key out. The answer, also where it is not kept.
  std::optional<std::string> ask_key(const std::string& key, const std::string& question,
                                     const std::string& usual, bool optional,
                                     bool of_profile = true) {
    const auto* info = find_key(key, of_profile);
    auto said = ask(
        question, usual,
        [&](const std::string& text) -> std::string {
          if (text.empty())
            return optional ? "" : "it is needed: " + failover::describe(info->type);
          const auto value = failover::read_value(info->type, text, info->secret);
          if (!value) return value.error();
          const auto line = with_key("", key, text);
          return line ? "" : line.error();
        },
        info->secret);
    if (!said) return std::nullopt;
    if (of_profile) {
      put(key, *said);
    } else if (!said->empty()) {
      answers_.settings.push_back({key, *said});
    }
    return said;
  }

  bool ask_device() {
    const auto offers = offers_of(facts_.devices);
    if (!offers.empty()) with_.say("Found:");
    for (std::size_t i = 0; i < offers.size(); ++i) {
      with_.say(fmt::format("  {}  {}", i + 1, offer_words(offers[i], facts_.notes)));
    }
    const auto number = [&offers](const std::string& text) {
      std::size_t out = 0;
      const auto end = text.data() + text.size();
      const bool whole = std::from_chars(text.data(), end, out).ptr == end;
      return whole && out <= offers.size() ? out : 0;
    };
    const auto said =
        ask(offers.empty() ? "Kind of link (ethernet, pppoe, modem or tether)"
                           : "Its number, or for something else its kind (ethernet, pppoe, modem "
                             "or tether)",
            "", [&](const std::string& text) -> std::string {
              if (number(text) > 0 || kind_named(text)) return "";
              return "expected ethernet, pppoe, modem, tether or a number from above";
            });
    if (!said) return false;
    if (const auto chosen = number(*said); chosen > 0) {
      kind_ = offers[chosen - 1].kind;
      return ask_login() && name_device(*offers[chosen - 1].device);
    }
    kind_ = *kind_named(*said);
    return ask_for_device();
  }

  static std::optional<LinkKind> kind_named(const std::string& text) {
    for (const LinkKind kind :
         {LinkKind::Ethernet, LinkKind::Modem, LinkKind::Tether, LinkKind::Pppoe}) {
      if (failover::word(kind) == text) return kind;
    }
    return std::nullopt;
  }

  bool ask_login() {
    if (kind_ != LinkKind::Ethernet) return true;
    const auto said = ask("Does the provider want a user name and a password (PPPoE)?", "no",
                          [](const std::string& text) {
                            return text == "yes" || text == "no" ? "" : "expected yes or no";
                          });
    if (said == "yes") kind_ = LinkKind::Pppoe;
    return said.has_value();
  }

  // Network cards by their name, which udev keeps the same; what is plugged in and out by what it
  // is.
  bool name_device(const HardwareDevice& device) {
    const bool wired = kind_ == LinkKind::Ethernet || kind_ == LinkKind::Pppoe;
    const std::string identity = failover::identity_of(device, facts_.devices);
    if (!wired && !identity.empty()) {
      put("MATCH", identity);
    } else if (kind_ == LinkKind::Modem && device.control) {
      put("DEVICE", device.control->devnode);
    } else if (device.net) {
      put("NETDEV", device.net->sysname);
    }
    return true;
  }

  bool ask_for_device() {
    if (kind_ == LinkKind::Modem || kind_ == LinkKind::Tether) {
      return ask_key("MATCH", "By what it is known (any, or usb:VENDOR:PRODUCT, serial:NUMBER ...)",
                     "any", false)
          .has_value();
    }
    return ask_key("NETDEV", "Network interface", "", false).has_value();
  }

  bool ask_kind() {
    answers_.profile.insert(answers_.profile.begin(), {"KIND", std::string(failover::word(kind_))});
    switch (kind_) {
      case LinkKind::Ethernet:
        return ask_ethernet();
      case LinkKind::Modem:
        return ask_modem();
      case LinkKind::Pppoe:
        return ask_key("USERNAME", "User name", "", false) &&
               ask_key("PASSWORD", "Password", "", false);
      case LinkKind::Tether:
        return true;
    }
    return false;
  }

  bool ask_ethernet() {
    const auto how =
        ask_key("ADDRESSING", "Where the address comes from (dhcp or static)", "dhcp", false);
    if (!how) return false;
    if (*how == "dhcp") return true;
    return ask_key("ADDRESS", "IPv4 address with prefix length (192.0.2.2/24)", "", false) &&
           ask_key("GATEWAY", "Gateway", "", false) &&
           ask_key("DNS", "The provider's name servers, separated by commas (may be left out)", "",
                   true);
  }

  bool ask_modem() {
    if (!ask_key("APN", "APN (left out: the network's default)", "", true)) return false;
    const auto user = ask_key("USERNAME", "User name for it (mostly left out)", "", true);
    if (!user) return false;
    if (!user->empty() && (!ask_key("AUTH", "How it asks (pap or chap)", "chap", false) ||
                           !ask_key("PASSWORD", "Password", "", false))) {
      return false;
    }
    return ask_key("PIN", "PIN of the SIM (left out: it asks for none)", "", true) &&
           ask_key("METERED", "Does every byte cost? (yes or no)", "yes", false);
  }

  bool ask_rest() {
    if (!ask_key("PRIORITY",
                 facts_.ipfire ? "Priority (the backup with the lowest number steps in for RED)"
                               : "Priority (the link with the lowest number is the primary)",
                 std::to_string(facts_.next_priority), false)) {
      return false;
    }
    if (!facts_.targets_missing) return true;
    return ask_key("PROBE_TARGETS",
                   "Who is asked whether a link reaches the internet: two or three addresses, "
                   "separated by commas, that always answer a ping",
                   "", false, false)
        .has_value();
  }

  const InterviewFacts& facts_;
  const Interviewer& with_;
  LinkKind kind_ = LinkKind::Ethernet;
  InterviewAnswers answers_;
};

}  // namespace

std::optional<InterviewAnswers> interview(const InterviewFacts& facts, const Interviewer& with) {
  return Interview(facts, with).run();
}

}  // namespace mwan::config_tool
