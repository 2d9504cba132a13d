// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/interference_guard.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <net/if.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "failover/host/ipfire/interference_firewall.hpp"
#include "hal/program.hpp"

namespace mwan::failover::ipfire {

namespace {

// One cause makes several signs: so long is waited for the next, and so long in all.
constexpr Duration kQuiet = std::chrono::milliseconds(40);
constexpr Duration kSoonEnough = std::chrono::milliseconds(250);
// IPFire's firewall is being rebuilt, which goes through states that are wrong.
constexpr Duration kRebuilding = std::chrono::milliseconds(100);
constexpr Duration kRebuiltByNow = std::chrono::seconds(3);
constexpr Duration kConnectdEnds = std::chrono::milliseconds(200);
constexpr Duration kSaveLimit = std::chrono::seconds(5);
constexpr std::size_t kSaveBytes = 4 << 20;

const std::vector<Act>& acts_on_files() {
  static const std::vector<Act> acts{Act::StartRed, Act::StopRed, Act::RestartRed,
                                     Act::Connect,  Act::Lease,   Act::Dial};
  return acts;
}
const std::vector<Act>& acts_on_routes() {
  static const std::vector<Act> acts{Act::StartRed, Act::StopRed, Act::RestartRed, Act::Connect,
                                     Act::Lease,    Act::Dial,    Act::Route};
  return acts;
}
const std::vector<Act>& acts_on_firewall() {
  static const std::vector<Act> acts{Act::StartRed, Act::StopRed, Act::RestartRed, Act::Connect,
                                     Act::Lease,    Act::Dial,    Act::Firewall};
  return acts;
}

std::string all_words(const std::vector<Difference>& what) {
  std::string out;
  for (const Difference& one : what) out += (out.empty() ? "" : ", ") + one.words;
  return out;
}

std::vector<Part> parts_of(const std::vector<Difference>& what) {
  std::vector<Part> out;
  for (const Difference& one : what) {
    if (std::ranges::find(out, one.part) == out.end()) out.push_back(one.part);
  }
  return out;
}

bool hands_on_connection(Act act) {
  return act == Act::Connect || act == Act::Lease || act == Act::Dial;
}

}  // namespace

std::string_view InterferenceGuard::word(Sense sense) {
  switch (sense) {
    case Sense::Processes:
      return "process events";
    case Sense::Files:
      return "inotify";
    case Sense::Routes:
      return "rtnetlink";
    case Sense::FirewallLock:
      return "the lock of iptables";
  }
  return "";
}

InterferenceGuard::InterferenceGuard(Loop& loop, netlink::Monitor& monitor, StateWriter* state,
                                     GuardConfig config,
                                     std::function<void(const InterferenceReport&)> report)
    : loop_(loop),
      monitor_(monitor),
      state_(state),
      config_(std::move(config)),
      report_(std::move(report)),
      ourselves_(config_.ourselves != 0 ? config_.ourselves : ::getpid()),
      book_(ourselves_),
      rules_(config_.limits) {
  if (!config_.process_events) {
    no_processes_ = "process events: switched off";
    return;
  }
  auto opened = ProcessEvents::open(
      loop_, {.forked = [this](pid_t child, pid_t parent) { book_.forked(child, parent); },
              .started = [this](pid_t pid) { process_started(pid); },
              .ended = [this](pid_t pid) { process_ended(pid); },
              .lost =
                  [this] {
                    if (expected_) suspect(Sense::Processes, true);
                  }});
  if (opened) {
    processes_ = std::move(*opened);
    processes_->listen(false);  // until there is something to guard
  } else {
    no_processes_ = opened.error().text();
  }
}

std::vector<std::string> InterferenceGuard::blind_spots() const {
  std::vector<std::string> out;
  if (no_processes_) {
    out.push_back(*no_processes_ + "; who acts on RED is looked for when something has changed");
  }
  if (files_ && !files_->names_writers()) out.push_back(files_->names_writers().error().text());
  return out;
}

void InterferenceGuard::start(const Takeover& expected, Repairs repairs) {
  stop();
  expected_ = expected;
  repairs_ = std::move(repairs);
  book_.set_red(expected.primary_device);
  book_.only_this_network();
  if (processes_) processes_->listen(true);
  book_.begin(Loop::now());
  auto watch = RedWatch::open(loop_, config_.paths, [this](Place place, const std::string& name) {
    file_changed(place, name);
  });
  if (watch) {
    files_ = std::move(*watch);
  } else {
    spdlog::error("interference: RED's files are not guarded: {}", watch.error().text());
  }
  for (const std::string& words : blind_spots()) spdlog::info("interference: {}", words);
  routes_ = monitor_.watch_changes({.route =
                                        [this](netlink::Change, const netlink::Route& route) {
                                          const bool counts = route.is_default() &&
                                                              route.table == netlink::kMainTable &&
                                                              route.family() == IpFamily::V4;
                                          if (counts) suspect(Sense::Routes, false);
                                        },
                                    .resynced = [this] { suspect(Sense::Routes, false); }});
  ethernet_settings_ = fingerprint(config_.paths.ethernet_settings());
  ppp_settings_ = fingerprint(config_.paths.ppp_settings());
  rules_.begin(keepconnected_there(config_.paths), expected.full);
  cancel_ = Cancel();
  if (state_ != nullptr) state_->put(kInterferencePid, std::to_string(ourselves_) + "\n");
  spdlog::info("interference: RED is guarded for {} ({})", expected.link,
               shown(expected.red.iface));
  suspect(Sense::Files, true);  // what happened since the takeover
}

void InterferenceGuard::stop() {
  if (!expected_) return;
  if (processes_) processes_->listen(false);
  cancel_.cancel();
  firewall_job_.reset();
  check_.reset();
  look_again_.reset();
  suspicion_.reset();
  firewall_suspicion_.reset();
  firewall_again_ = false;
  routes_ = {};
  files_.reset();
  repairs_ = {};
  expected_.reset();
  if (state_ != nullptr) state_->remove(kInterferencePid);
  spdlog::info("interference: RED is no longer guarded");
}

void InterferenceGuard::process_started(pid_t pid) {
  const Instant now = Loop::now();
  const auto doer = book_.started(pid, now);
  if (!expected_ || !doer || doer->who == Who::Ourselves || doer->act == Act::None) return;
  const auto decision = rules_.started(*doer, now);
  if (decision.verdict == Verdict::Repair && !hands_on_connection(doer->act)) return;
  act(decision, Sense::Processes, std::string(ipfire::word(doer->act)), {*doer}, {Part::Actors},
      now);
}

void InterferenceGuard::process_ended(pid_t pid) {
  const auto doer = book_.ended(pid, Loop::now());
  if (!expected_ || !doer || doer->who == Who::Ourselves || doer->act == Act::None) return;
  suspect(Sense::Processes, doer->act != Act::Route);
}

void InterferenceGuard::file_changed(Place place, const std::string& name) {
  if (!expected_) return;
  switch (place) {
    case Place::Red:
      if (name == "keepconnected") keepconnected_changed();
      if (expected_) suspect(Sense::Files, false);
      break;
    case Place::NameServers:
      suspect(Sense::Files, false);
      break;
    case Place::Firewall:
      suspect(Sense::FirewallLock, true);
      break;
    case Place::EthernetSettings:
    case Place::PppSettings:
      settings_changed(place);
      break;
  }
}

void InterferenceGuard::settings_changed(Place place) {
  const bool ethernet = place == Place::EthernetSettings;
  const std::string now =
      fingerprint(ethernet ? config_.paths.ethernet_settings() : config_.paths.ppp_settings());
  std::string& before = ethernet ? ethernet_settings_ : ppp_settings_;
  if (before == now) return;
  before = now;
  const std::string file = ethernet ? "ethernet/settings" : "ppp/settings";
  const auto writers = files_->take_writers({place});
  const auto ours = [this](pid_t pid) {
    const auto doer = book_.who(pid);
    return doer && doer->who == Who::Ourselves;
  };
  if (!writers.empty() && std::ranges::all_of(writers, ours)) return;
  const auto who = doers(writers, {Act::Connect});
  act(rules_.settings_changed(file, who), Sense::Files, file + " was changed", who, {},
      Loop::now());
}

void InterferenceGuard::keepconnected_changed() {
  const bool there = keepconnected_there(config_.paths);
  const auto who = doers(files_->take_writers({Place::Red}), acts_on_files());
  act(rules_.keepconnected(there, who, Loop::now()), Sense::Files,
      there ? "red/keepconnected was made" : "red/keepconnected was removed", who, {Part::Actors},
      Loop::now());
}

void InterferenceGuard::suspect(Sense sense, bool firewall) {
  if (!expected_ || rules_.aside(Loop::now())) return;
  if (!suspicion_) {
    suspicion_ = Suspicion{.first = Loop::now(), .sense = sense};
    // Nobody told that they were started; soon they may have ended.
    if (!processes_) suspicion_->doers = book_.running();
  }
  suspicion_->firewall = suspicion_->firewall || firewall;
  check_later(kQuiet, kSoonEnough);
}

void InterferenceGuard::check_later(Duration quiet, Duration at_most) {
  const Instant now = Loop::now();
  const Duration left = suspicion_->first + at_most - now;
  check_ = loop_.after(std::max(std::min(quiet, left), Duration::zero()), [this] { check(); });
}

void InterferenceGuard::check() {
  check_.reset();
  if (!expected_ || !suspicion_) return;
  Suspicion now = std::move(*suspicion_);
  suspicion_.reset();
  FoundRed found = read_red(config_.paths);
  found.route = default_route_device();
  // While connectd runs, it takes the removal of this file for a wish to disconnect.
  const bool wait = found.keepconnected && at_work(Act::Connect);
  if (wait) found.keepconnected = false;
  // Also where nothing came of it: they are no suspects the next time.
  const auto writers =
      files_ ? files_->take_writers({Place::Red, Place::NameServers}) : std::vector<pid_t>();
  const auto what = differences(expected_->red, found, expected_->full);
  if (!what.empty()) {
    const bool files = std::ranges::any_of(
        what, [](const Difference& difference) { return difference.part == Part::Files; });
    auto who = files ? doers(writers, acts_on_files()) : doers({}, acts_on_routes());
    who.insert(who.end(), now.doers.begin(), now.doers.end());
    auto parts = parts_of(what);
    // They would go on.
    const bool hands_on =
        std::ranges::any_of(who, [](const Doer& doer) { return hands_on_connection(doer.within); });
    if (hands_on && !expected_->full) parts.insert(parts.begin(), Part::Actors);
    act(rules_.differs(what, who, Loop::now()), now.sense, all_words(what), who, parts, now.first);
    // What removes RED's files takes its firewall down as well.
    now.firewall = now.firewall || files;
  }
  if (wait && expected_ && !rules_.aside(Loop::now())) {
    suspicion_ = Suspicion{.first = Loop::now(), .sense = now.sense};
    check_later(kConnectdEnds, kConnectdEnds);
  }
  if (!expected_ || !now.firewall || rules_.aside(Loop::now())) return;
  if (firewall_job_.running()) {
    firewall_again_ = true;
    return;
  }
  firewall_suspicion_ = std::move(now);
  firewall_job_.start(check_firewall());
}

// Those of whom the kernel says so first, then those who were at work on such things.
std::vector<Doer> InterferenceGuard::doers(const std::vector<pid_t>& writers,
                                           const std::vector<Act>& acts) const {
  std::vector<Doer> out;
  const auto add = [&](Doer doer) {
    const auto same = [&](const Doer& other) { return other.pid == doer.pid; };
    if (doer.who != Who::Ourselves && std::ranges::none_of(out, same)) {
      out.push_back(std::move(doer));
    }
  };
  for (const pid_t pid : writers) {
    if (auto doer = book_.who(pid)) add(std::move(*doer));
  }
  for (Doer& doer : book_.lately(Loop::now(), acts)) add(std::move(doer));
  if (!processes_) {
    for (Doer& doer : book_.running()) {
      if (std::ranges::find(acts, doer.within) != acts.end()) add(std::move(doer));
    }
  }
  // The kernel does not say it of routes and rules; who began at that moment may have ended before
  // anything was known of it.
  if (out.empty()) {
    const auto latest = book_.just_now(Loop::now());
    if (!latest.empty()) {
      out.push_back(latest.front());
      out.back().words = "perhaps " + out.back().words;
    }
  }
  return out;
}

bool InterferenceGuard::at_work(Act act) const {
  const auto doers = processes_ ? book_.active() : book_.running();
  return std::ranges::any_of(doers, [&](const Doer& doer) { return doer.act == act; });
}

Task<void> InterferenceGuard::check_firewall() {
  do {
    firewall_again_ = false;
    // Not in the middle of a rebuilding, as long as that takes no longer than it may.
    const Instant limit = Loop::now() + kRebuiltByNow;
    const Cancel cancel = cancel_;
    while (at_work(Act::Firewall) && Loop::now() < limit) {
      if (co_await pause(loop_, cancel, kRebuilding) == Woken::Cancelled) co_return;
    }
    auto found = co_await read_firewall();
    if (cancel.cancelled()) co_return;
    if (!found) {
      spdlog::warn("interference: the firewall cannot be checked: {}", found.error().text());
      continue;
    }
    if (!firewall_suspicion_) co_return;
    const Suspicion& suspicion = *firewall_suspicion_;
    const auto what = differences(expected_->red, *found);
    if (what.empty()) continue;
    auto who = doers({}, acts_on_firewall());
    who.insert(who.end(), suspicion.doers.begin(), suspicion.doers.end());
    act(rules_.differs(what, who, Loop::now()), suspicion.sense, all_words(what), who,
        parts_of(what), suspicion.first);
  } while (firewall_again_);
}

Task<Result<FoundFirewall>> InterferenceGuard::read_firewall() {
  const auto program = std::ranges::find_if(config_.iptables_save, [](const std::string& path) {
    return ::access(path.c_str(), X_OK) == 0;
  });
  if (program == config_.iptables_save.end()) {
    co_return failed(FailureClass::Permanent, "iptables-save", "there is no such program");
  }
  FoundFirewall found;
  static constexpr std::array tables{"nat", "filter"};
  for (const char* table : tables) {
    Program save;
    save.argv = {*program, "-t", table};
    save.environment = config_.environment;
    save.limit = kSaveLimit;
    save.output_limit = kSaveBytes;
    const Cancel cancel = cancel_;
    auto task = run_program(loop_, std::move(save), cancel);
    const auto result = co_await task;
    if (!result) co_return failed(result.error());
    if (!result->succeeded() || result->cut) {
      co_return failed(FailureClass::Transient, *program,
                       result->cut ? "it printed more than 4 MiB"
                                   : result->words() + "; " + last_words(result->output));
    }
    read_rules(result->output, found);
  }
  co_return found;
}

void InterferenceGuard::act(const InterferenceRules::Decision& decision, Sense sense,
                            const std::string& what, const std::vector<Doer>& who,
                            const std::vector<Part>& parts, Instant first) {
  if (decision.verdict == Verdict::Ignore) return;
  InterferenceReport report{.verdict = decision.verdict,
                            .seen_by = std::string(word(sense)),
                            .what = what,
                            .who = who.empty() ? "" : who.front().words};
  if (decision.verdict == Verdict::StandAside) {
    spdlog::warn("interference: {}{}", decision.words, rules_.until() ? "" : "; RED is left alone");
    report.what = decision.words;
    check_.reset();
    suspicion_.reset();
    report.for_good = !rules_.until();
    if (const auto until = rules_.until()) {
      look_again_ = loop_.after(*until - Loop::now() + kQuiet, [this] {
        look_again_.reset();
        spdlog::info("interference: looks at RED again");
        suspect(Sense::Files, true);
      });
    }
  } else {
    const Repairs& repairs = repairs_;
    for (const Part part : parts) {
      switch (part) {
        case Part::Actors:
          repairs.actors();
          break;
        case Part::Files:
          repairs.files();
          break;
        case Part::Route:
          repairs.route();
          break;
        case Part::Firewall:
          repairs.firewall();
          break;
      }
    }
    report.within = Loop::now() - first;
    spdlog::warn("interference: {}{}; put right after {} ms", what,
                 report.who.empty() ? std::string(" (by whom is not known)") : ": " + report.who,
                 to_ms(report.within));
  }
  if (report_) report_(report);
}

std::optional<std::string> InterferenceGuard::default_route_device() const {
  auto netlink = netlink::Netlink::open();
  if (!netlink) return std::nullopt;
  const auto routes = netlink->routes(netlink::kMainTable, IpFamily::V4);
  if (!routes) return std::nullopt;
  const netlink::Route* best = nullptr;
  for (const netlink::Route& route : *routes) {
    if (!route.is_default()) continue;
    if (best == nullptr || route.metric < best->metric) best = &route;
  }
  if (best == nullptr || best->ifindex == 0) return "";
  std::array<char, IF_NAMESIZE> name{};
  if (::if_indextoname(best->ifindex, name.data()) == nullptr) return std::nullopt;
  return name.data();
}

}  // namespace mwan::failover::ipfire
