// SPDX-License-Identifier: LGPL-2.1-or-later
// From an opened device to a modem that is online, has its SIM, registers, and tells us what
// changes. Bearers come after this: modems/qmi/bearers.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/task.hpp"
#include "modems/qmi/attempt.hpp"
#include "modems/qmi/decode_sim.hpp"
#include "modems/qmi/watch.hpp"

namespace mwan::qmi {

// What one driver remembers over its attempts.
struct Memory {
  bool pin_refused = false;  // it is never sent a second time
  // The tries that were left when the PIN was sent and no answer came. As long as they are the
  // same it was not judged.
  std::optional<std::uint8_t> pin_sent_at;
  std::vector<ClientId> leftovers;  // of a session that the modem did not hear the end of
};

class Bringup {
 public:
  Bringup(Attempt& attempt, Watch& watch, Memory& memory)
      : attempt_(attempt), watch_(watch), memory_(memory) {}

  Task<Status> run();
  // How the data crosses to the network device, once run() is through.
  [[nodiscard]] LinkLayer layer() const { return layer_; }

 private:
  Task<Status> reclaim();
  Task<Status> client_ids();
  Task<Status> go_online();
  Task<Status> unlock_sim();
  Task<Status> data_format();
  Task<Status> listen();
  Task<Status> signal_thresholds();
  Task<Status> autoconnect_off();
  Task<Status> registration();

  Task<Result<Reply>> ask(Slot slot, Request request);
  // A step the modem may refuse; only a broken connection fails it.
  Task<Status> try_to(Slot slot, Request request);
  Task<Status> verify_pin_once(Sim sim);
  [[nodiscard]] Status judge(const Sim& sim) const;

  Attempt& attempt_;
  Watch& watch_;
  Memory& memory_;
  LinkLayer layer_ = LinkLayer::RawIp;
};

// The IP families that the configuration asks for, in the order they are brought up.
std::vector<IpFamily> wanted_families(IpType type);

}  // namespace mwan::qmi
