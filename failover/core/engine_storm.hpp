// SPDX-License-Identifier: LGPL-2.1-or-later
// Arbitrary facts about arbitrary links, of every kind there is, and a host that answers when it
// likes: for randomised tests of the engine.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <random>
#include <utility>
#include <variant>
#include <vector>

#include "failover/core/engine.hpp"

namespace mwan::failover::testing {

class Storm {
 public:
  Storm(unsigned seed, int links) : random_(seed), links_(links) {}

  // 0 .. n - 1
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return pick(n) == 0; }

  void set_links(int links) { links_ = links; }
  // One more than there are: what is said of a link that does not exist must be ignored.
  LinkId any_link() {
    return LinkId{static_cast<std::uint16_t>(one_in(100) ? links_ : pick(links_))};
  }
  // Bursts, then nothing for a while.
  Duration pause() { return Duration(one_in(6) ? pick(2'500'000) : pick(30'000)); }

  // A link is left in peace or troubled for some time, so that there are well ones and dead ones.
  Fact fact() {
    if (one_in(500)) trouble_ = 1 + pick(60);
    return one_in(trouble_) ? any_fact() : good_fact();
  }

  Fact any_fact() {
    switch (pick(static_cast<int>(std::variant_size_v<Fact>))) {
      case 0:
        return fact::Device{!one_in(3), "net0"};
      case 1:
        return fact::Carrier{!one_in(3)};
      case 2:
        return signal(any_rat());
      case 3:
        return cells(any_rat());
      case 4:
        return Registration{.state = static_cast<RegistrationState>(pick(6)), .rat = any_rat()};
      case 5:
        return PacketService{.state = static_cast<PacketServiceState>(pick(3)), .rat = any_rat()};
      case 6:
        return Bearer{family(), static_cast<BearerState>(pick(4)), error()};
      case 7:
        return fact::Addressing{config()};
      case 8:
        return fact::AddressingLost{"lost"};
      case 9:
        return fact::Gateway{address(family()), static_cast<fact::Nud>(pick(5))};
      case 10:
        return probe(one_in(2));
      case 11:
        return fact::Portal{one_in(2), "log in"};
      case 12:
        return fact::ProbeBudget{one_in(2)};
      case 13:
        return fact::Trouble{*error(true),
                             one_in(2) ? std::optional(Duration(pick(10'000'000))) : std::nullopt};
      case 14:
        return fact::Traffic{static_cast<fact::Flow>(pick(3)),
                             static_cast<std::uint32_t>(pick(100)), Duration(pick(1'000'000))};
      case 15:
        return fact::Errors{one_in(2), static_cast<std::uint32_t>(pick(100)),
                            static_cast<std::uint32_t>(pick(1000)), Duration(pick(3'000'000))};
      default:
        static_assert(std::variant_size_v<Fact> == 17, "a kind of fact that the storm lacks");
        return fact::Speed{static_cast<std::uint32_t>(one_in(9) ? 0 : 10 * (1 + pick(250))),
                           one_in(2)};
    }
  }

  // What heals as well as what is usual.
  Fact good_fact() {
    switch (pick(20)) {
      case 0:
        return fact::Device{true, "net0"};
      case 1:
        return fact::Carrier{true};
      case 2:
        return Registration{.state = RegistrationState::Home, .rat = Rat::Lte};
      case 3:
        return PacketService{.state = PacketServiceState::Attached, .rat = Rat::Lte};
      case 4:
        return Bearer{family(), BearerState::Connected, std::nullopt};
      case 5:
        return fact::Addressing{config()};
      case 6:
        return fact::Gateway{address(family()), fact::Nud::Reachable};
      case 7:
        return fact::Portal{};
      case 8:
        return fact::Errors{};
      case 9:
      case 10:
        return cells(Rat::Lte);
      case 11:
      case 12:
        return signal(Rat::Lte);
      default:
        return probe(true);
    }
  }

 private:
  IpFamily family() { return one_in(2) ? IpFamily::V4 : IpFamily::V6; }
  Rat any_rat() { return static_cast<Rat>(pick(6)); }
  std::optional<Error> error(bool surely = false) {
    if (!surely && one_in(2)) return std::nullopt;
    return Error{static_cast<FailureClass>(pick(3)), "storm", "refused"};
  }
  static IpAddress address(IpFamily family) {
    return *IpAddress::parse(family == IpFamily::V4 ? "192.0.2.254" : "2001:db8::1");
  }
  IpConfig config() {
    IpConfig out;
    const int kind = pick(4);
    if (kind != 0) {
      out.v4 =
          IpFamilyConfig{.address = *IpPrefix::parse(one_in(2) ? "192.0.2.7/24" : "192.0.2.9/24"),
                         .gateway = {},
                         .dns = {}};
      if (one_in(2)) out.v4->gateway = address(IpFamily::V4);
    }
    if (kind < 2) {
      out.v6 = IpFamilyConfig{.address = *IpPrefix::parse("2001:db8::7/64"),
                              .gateway = address(IpFamily::V6),
                              .dns = {}};
    }
    return out;
  }
  std::optional<double> level(int from, int range) {
    if (one_in(12)) return std::nullopt;
    if (one_in(300)) return one_in(2) ? 1e6 : -1e6;  // broken firmware
    return from + pick(range * 10) / 10.0;
  }
  SignalSample signal(Rat rat) {
    return {.rat = rat,
            .rssi_dbm = level(-110, 60),
            .rsrp_dbm = level(-135, 70),
            .rsrq_db = level(-20, 17),
            .sinr_db = level(-10, 35)};
  }
  Cell cell(Rat rat) {
    return {rat, static_cast<std::uint16_t>(pick(3)),
            one_in(2) ? std::optional(static_cast<std::uint32_t>(pick(3))) : std::nullopt,
            level(-135, 70), level(-20, 17)};
  }
  CellReport cells(Rat rat) {
    CellReport out;
    if (!one_in(10)) out.serving = cell(rat);
    for (int i = pick(4); i > 0; --i) out.neighbours.push_back(cell(one_in(5) ? any_rat() : rat));
    return out;
  }
  fact::Probe probe(bool ok) {
    fact::Probe out{.sent = static_cast<std::uint16_t>(one_in(50) ? 0 : 4), .ok = ok};
    out.answered = static_cast<std::uint16_t>(ok ? 4 : pick(2));
    if (ok) out.rtt = Duration(pick(900'000));
    if (one_in(3)) out.loss_permille = static_cast<std::uint16_t>(one_in(5) ? pick(1001) : 0);
    if (one_in(3)) out.latency = Duration(one_in(5) ? pick(5'000'000) : 20'000);
    if (one_in(3)) out.jitter = Duration(one_in(5) ? pick(5'000'000) : 1'000);
    out.complete = one_in(2);
    if (one_in(60)) out.silent = family();
    return out;
  }

  std::mt19937 random_;
  int links_;
  int trouble_ = 20;  // one fact in so many is any at all
};

// Answers to what the engine asks for: late, refused now and then, sometimes never.
class SlowHost {
 public:
  explicit SlowHost(Storm& storm) : storm_(storm) {}

  void take(const Action& action) {
    if (const auto* apply = std::get_if<ApplyConfig>(&action)) {
      waiting_.emplace_back(ConfigApplied{apply->link, refusal(30)});
    } else if (const auto* step = std::get_if<RunStep>(&action)) {
      if (storm_.one_in(200)) return;  // lost: the engine's time limit must help
      waiting_.emplace_back(StepResult{step->step, refusal(20)});
    }
  }
  std::optional<Event> answer() {
    if (waiting_.empty() || storm_.one_in(3)) return std::nullopt;
    Event out = std::move(waiting_.front());
    waiting_.pop_front();
    return out;
  }
  // Another engine asks from now on.
  void forget() { waiting_.clear(); }

 private:
  std::optional<Error> refusal(int chance) {
    if (!storm_.one_in(chance)) return std::nullopt;
    return Error{FailureClass::Transient, "storm", "refused"};
  }
  Storm& storm_;
  std::deque<Event> waiting_;
};

}  // namespace mwan::failover::testing
