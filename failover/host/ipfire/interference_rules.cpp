// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/interference_rules.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace mwan::failover::ipfire {

namespace {

// One script undoes many things, one after the other: so many are one quarrel, not many.
constexpr int kOneQuarrel = 8;

void expect_file(std::vector<Difference>& out, std::string_view file, const std::string& wanted,
                 const std::string& found) {
  if (wanted == found) return;
  std::string words(file);
  words += found.empty() ? " is missing or empty" : " says " + shown(found);
  if (!wanted.empty()) words += " instead of " + shown(wanted);
  out.push_back({Part::Files, std::move(words)});
}

std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

const Doer* somebody_who_wants(const std::vector<Doer>& doers) {
  const auto found = std::ranges::find_if(doers, deliberate);
  return found == doers.end() ? nullptr : &*found;
}

}  // namespace

std::string_view word(Part part) {
  switch (part) {
    case Part::Files:
      return "state files";
    case Part::Route:
      return "default route";
    case Part::Firewall:
      return "firewall";
    case Part::Actors:
      return "programs";
  }
  return "";
}

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ignore:
      return "ignored";
    case Verdict::Repair:
      return "repaired";
    case Verdict::StandAside:
      return "stood aside";
  }
  return "";
}

std::vector<Difference> differences(const RedState& wanted, const FoundRed& found,
                                    bool ipfires_own) {
  std::vector<Difference> out;
  // A newline too many in these breaks the firewall's rules: compared byte by byte.
  expect_file(out, "red/iface", wanted.iface, found.iface);
  if (!ipfires_own) {
    expect_file(out, "red/local-ipaddress", wanted.local.text(), found.local);
    expect_file(out, "red/remote-ipaddress", wanted.remote.text(), found.remote);
  }
  if (!found.active) out.push_back({Part::Files, "red/active is missing"});
  if (!ipfires_own) {
    const auto server = [&](std::size_t index) {
      return index < wanted.dns.size() ? wanted.dns[index].text() : std::string();
    };
    expect_file(out, "dns1", server(0), without_newline(found.dns1));
    expect_file(out, "dns2", server(1), without_newline(found.dns2));
    if (found.keepconnected) out.push_back({Part::Files, "red/keepconnected is there"});
  }
  if (found.route && *found.route != wanted.iface) {
    out.push_back({Part::Route, found.route->empty()
                                    ? "there is no default route"
                                    : "the default route goes by " + shown(*found.route) +
                                          " instead of " + shown(wanted.iface)});
  }
  return out;
}

std::vector<Difference> differences(const RedState& wanted, const FoundFirewall& found) {
  std::vector<Difference> out;
  const std::string iface = shown(wanted.iface);
  if (!found.reached) out.push_back({Part::Firewall, "POSTROUTING does not jump to REDNAT"});
  if (!contains(found.masqueraded, wanted.iface)) {
    out.push_back({Part::Firewall, "REDNAT does not masquerade what leaves by " + iface});
  }
  if (contains(found.dropped, wanted.iface)) {
    out.push_back({Part::Firewall, "REDFORWARD drops what leaves by " + iface});
  }
  return out;
}

void InterferenceRules::begin(bool keepconnected, bool ipfires_own) {
  ipfires_own_ = ipfires_own;
  keepconnected_ = keepconnected;
  aside_ = false;
  until_.reset();
  repaired_.clear();
}

InterferenceRules::Decision InterferenceRules::started(const Doer& doer, Instant now) {
  if (doer.who == Who::Ourselves || aside(now)) return {};
  if (deliberate(doer)) return stand_aside(doer.words + " " + std::string(word(doer.within)));
  switch (doer.act) {
    case Act::Connect:
    case Act::Lease:
    case Act::Dial:  // before they have done anything
      return ipfires_own_ ? Decision{} : repair({doer}, now);
    case Act::None:
    case Act::StartRed:
    case Act::StopRed:
    case Act::RestartRed:
    case Act::Firewall:
    case Act::Route:
      break;  // what they change is what counts
  }
  return {};
}

InterferenceRules::Decision InterferenceRules::differs(const std::vector<Difference>& what,
                                                       const std::vector<Doer>& doers,
                                                       Instant now) {
  if (what.empty() || aside(now)) return {};
  if (const Doer* doer = somebody_who_wants(doers)) {
    return stand_aside(doer->words + " " + std::string(word(doer->within)));
  }
  return repair(doers, now);
}

InterferenceRules::Decision InterferenceRules::settings_changed(const std::string& file,
                                                                const std::vector<Doer>& doers) {
  if (aside_) return {};
  // These two change profiles by themselves: connectd after MAXRETRIES, connscheduler on a
  // schedule.
  const bool machinery = !doers.empty() && std::ranges::all_of(doers, [](const Doer& doer) {
    return doer.who == Who::Connectd || doer.who == Who::Scheduler || doer.who == Who::Ourselves;
  });
  if (machinery) return {};
  return stand_aside(file + " was changed" + (doers.empty() ? "" : " by " + doers.front().words));
}

InterferenceRules::Decision InterferenceRules::keepconnected(bool there,
                                                             const std::vector<Doer>& doers,
                                                             Instant now) {
  if (std::exchange(keepconnected_, there) == there || aside(now)) return {};
  if (there == ipfires_own_) return {};
  if (const Doer* doer = somebody_who_wants(doers)) {
    return stand_aside(doer->words + " " + std::string(word(doer->within)));
  }
  if (there) return repair(doers, now);
  // By whom is not known, or it was machinery: `red stop` is told apart by the files it removes.
  if (doers.empty()) {
    return stand_aside("red/keepconnected was removed, which is how IPFire is asked to disconnect");
  }
  return repair(doers, now);
}

bool InterferenceRules::aside(Instant now) const { return aside_ && (!until_ || now < *until_); }

InterferenceRules::Decision InterferenceRules::repair(const std::vector<Doer>& doers, Instant now) {
  if (aside_) begin(keepconnected_, ipfires_own_);  // the pause is over
  while (!repaired_.empty() && now - repaired_.front().when >= limits_.window) {
    repaired_.pop_front();
  }
  const pid_t culprit = doers.empty() ? 0 : doers.front().culprit;
  const auto same = std::ranges::find_if(repaired_, [&](const Repaired& repaired) {
    return repaired.culprit == culprit && repaired.times < kOneQuarrel;
  });
  if (culprit != 0 && same != repaired_.end()) {
    ++same->times;
    return {Verdict::Repair, {}};
  }
  if (repaired_.size() >= limits_.most) {
    const auto window = std::chrono::duration_cast<std::chrono::seconds>(limits_.window).count();
    const auto pause = std::chrono::duration_cast<std::chrono::seconds>(limits_.pause).count();
    Decision out =
        stand_aside("RED was changed more than " + std::to_string(limits_.most) + " times in " +
                    std::to_string(window) + " s, which is not fought; looks again in " +
                    std::to_string(pause) + " s");
    until_ = now + limits_.pause;
    return out;
  }
  repaired_.push_back({now, culprit});
  return {Verdict::Repair, {}};
}

InterferenceRules::Decision InterferenceRules::stand_aside(std::string words) {
  aside_ = true;
  until_.reset();
  return {Verdict::StandAside, std::move(words)};
}

}  // namespace mwan::failover::ipfire
