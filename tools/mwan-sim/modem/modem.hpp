// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulated modem itself, whatever protocol it is spoken to with: operating mode, SIM,
// registration, radio and data sessions, and how one follows from the other. Protocol services ask
// it and listen to its changes; scenario steps and hosts drive it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tools/mwan-sim/faults/fault_state.hpp"
#include "tools/mwan-sim/modem/bearers.hpp"
#include "tools/mwan-sim/modem/radio.hpp"
#include "tools/mwan-sim/modem/registrar.hpp"
#include "tools/mwan-sim/modem/settings.hpp"
#include "tools/mwan-sim/modem/subscriber.hpp"

namespace mwan::sim {

namespace change {
struct Mode {};     // operating mode
struct Sim {};      // card, PIN
struct Network {};  // registration, packet attach, serving RAT or cell
struct Signal {};   // measurements
struct Rejected {
  std::uint16_t cause;  // EMM cause, 3GPP TS 24.301 section 9.9.3.9
};
struct Session {
  IpFamily family;
  std::optional<SessionEnd> ended;  // absent: it came up
};
struct Renumbered {
  IpFamily family;
};
}  // namespace change

using Change = std::variant<change::Mode, change::Sim, change::Network, change::Signal,
                            change::Rejected, change::Session, change::Renumbered>;

class Modem {
 public:
  Modem(Timers& timers, ModemSettings settings);

  // Called for every change, after it took effect.
  void subscribe(std::function<void(const Change&)> listener);
  // The boot: the SIM becomes ready in its time, and what follows.
  void power_up();
  // As if the power was cut: no sessions, radio off, SIM unverified. No changes are reported.
  void power_down();

  [[nodiscard]] const ModemSettings& settings() const { return settings_; }
  [[nodiscard]] bool powered() const { return powered_; }
  [[nodiscard]] OperatingMode mode() const { return mode_; }
  [[nodiscard]] const Subscriber& sim() const { return sim_; }
  [[nodiscard]] const Registrar& network() const { return network_; }
  [[nodiscard]] const Radio& radio() const { return radio_; }
  [[nodiscard]] Bearers& bearers() { return bearers_; }
  [[nodiscard]] const Bearers& bearers() const { return bearers_; }
  [[nodiscard]] LinkLayer data_format() const { return data_format_; }
  // Packets are multiplexed, which nobody here can take apart: none are carried.
  [[nodiscard]] bool multiplexed() const { return multiplexed_; }
  [[nodiscard]] FaultState& faults() { return faults_; }
  [[nodiscard]] const FaultState& faults() const { return faults_; }
  // The network it is registered with.
  [[nodiscard]] const Plmn& plmn() const;
  // Measurements exist only while a cell is heard.
  [[nodiscard]] bool measuring() const { return powered_ && network_.camped(); }
  // Packets of that family would be carried right now, but for their loss, if they come in the
  // format that is set; and if they come without an Ethernet header.
  [[nodiscard]] bool connected(IpFamily family) const;
  [[nodiscard]] bool carries(IpFamily family) const;

  // What a host asks for.
  void set_mode(OperatingMode mode);
  PinOutcome verify_pin(const std::string& pin);
  PinOutcome unblock_pin(const std::string& puk, const std::string& new_pin);
  void set_allowed_rats(std::vector<Rat> rats);
  void register_again() { network_.search_again(); }
  void set_host_attach(bool wanted) { network_.set_host_attach(wanted); }
  void set_data_format(LinkLayer format, bool multiplexed = false) {
    data_format_ = format;
    multiplexed_ = multiplexed;
  }
  void set_autoconnect(bool on);
  [[nodiscard]] bool autoconnect() const { return autoconnect_; }

  // What happens around it.
  void set_coverage(Registrar::Coverage coverage);
  void set_network_attach(bool offered);
  void set_radio(Radio radio);
  void set_sim_present(bool present);
  // ESM cause with which every session is refused from now on; nothing accepts again.
  void refuse_sessions(std::optional<std::uint16_t> sm_cause) { refuse_cause_ = sm_cause; }
  void renumber(IpFamily family, const AddressPlan& plan);

  // What faults do to it.
  void follow_faults();  // those that change what the network answers began or ended
  void restart_in_place();
  void lose_sessions_silently();
  void lock_sim(std::uint8_t pin_tries);

 private:
  void report(const Change& change);
  void deliver(const Change& change);
  void session_changed(IpFamily family, std::optional<SessionEnd> ended);
  void flicker_card();
  void follow();  // recompute what the registration depends on
  void network_changed();
  void dial_if_wanted();
  [[nodiscard]] bool radio_on() const { return powered_ && mode_ == OperatingMode::Online; }
  [[nodiscard]] bool rat_allowed() const;
  [[nodiscard]] std::optional<SessionEnd> obstacle(IpFamily family, const std::string& apn);
  [[nodiscard]] SessionEnd why_no_service() const;

  Timers& timers_;
  ModemSettings settings_;
  FaultState faults_;
  std::vector<std::function<void(const Change&)>> listeners_;
  bool powered_ = false;
  OperatingMode mode_;
  LinkLayer data_format_;
  bool multiplexed_ = false;
  bool mute_ = false;  // what changes is not reported
  bool autoconnect_;
  Subscriber sim_;
  Radio radio_;
  std::vector<Rat> allowed_rats_;  // empty: all
  std::optional<std::uint16_t> refuse_cause_;
  Registrar::Coverage coverage_;  // as the scenario has it, whatever faults make of it
  bool attach_offered_ = true;
  Registrar network_;
  Bearers bearers_;
  Timer sim_timer_;
  Timer hold_timer_;
  Timer attach_block_;
  Timer card_timer_;
  std::map<std::uint64_t, Timer> late_;  // ends of sessions that are told later
  std::uint64_t next_late_ = 0;
};

}  // namespace mwan::sim
