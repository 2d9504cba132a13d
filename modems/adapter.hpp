// SPDX-License-Identifier: LGPL-2.1-or-later
// One modem's control port, whatever protocol it speaks. This is where QMI and MBIM differ; every
// caller above it (the driver in modems/modem.hpp, mwan-modem) knows only this, and gets equal
// meanings from both.
//
// Life: open(), then anything, then close(); open() may follow again. Destroying an open adapter
// drops the connection without a word to the modem.
//
// Every request has a deadline from ModemTimings and ends early with FailureClass::Cancelled when
// cancel is, or Gone when the connection breaks. FailureClass::Permanent from a read means that
// this modem cannot say. Errors are named "LINK: PROTOCOL STEP".
//
// Threading: on the thread of the loop. Handlers are called from the loop, one at a time, never
// from inside a call; they must not destroy the adapter.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"
#include "hal/loop.hpp"
#include "hal/registration.hpp"
#include "hal/signal.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"
#include "modems/bands.hpp"
#include "modems/counters.hpp"
#include "modems/identity.hpp"
#include "modems/modem_config.hpp"
#include "modems/sim.hpp"

namespace mwan {

enum class RadioPower {
  On,
  Off,           // by software: may be switched on
  HardwareOff,   // W_DISABLE pin or airplane switch
  VendorLocked,  // the modem refuses until it is unlocked (FCC lock)
};

// What the modem says by itself. Registration, PacketService, SignalSample, CellReport and Sim are
// whole values, not what changed; an empty SignalSample says that this RAT went out of use.
namespace report {
struct BearerEnded {
  IpFamily family = IpFamily::V4;
  Error why;  // classified
};
// Addresses, DNS or MTU changed: read_addressing() has the new ones. Absent: of any family.
struct AddressingChanged {
  std::optional<IpFamily> family;
};
// Something is out of date or contradicts itself: ask for the registration and the bearers.
struct Doubt {};
}  // namespace report
using ModemReport =
    std::variant<Registration, PacketService, SignalSample, CellReport, Sim, RadioPower,
                 report::BearerEnded, report::AddressingChanged, report::Doubt>;

// What listen() achieved.
struct Listening {
  bool signal = false;  // the modem reports its signal by itself; otherwise it has to be asked
};

// What the network made of the wish for one IP family.
struct FamilyOutcome {
  IpFamily family = IpFamily::V4;
  Result<IpConfig> config;  // of this family alone; a refusal is classified
  // The network serves the other family only (3GPP TS 24.301 ESM causes 50 and 51): asking again
  // helps only after a new registration.
  bool other_family_only = false;
};

struct PinVerdict {
  bool accepted = false;
  std::optional<std::uint8_t> tries_left;  // after this one
};

class ModemAdapter {
 public:
  ModemAdapter() = default;
  ModemAdapter(const ModemAdapter&) = delete;
  ModemAdapter& operator=(const ModemAdapter&) = delete;
  virtual ~ModemAdapter() = default;

  // --- the connection
  virtual void on_report(std::function<void(const ModemReport&)> handler) = 0;
  // The device was unplugged, or the proxy ended. Every request fails from here on.
  virtual void on_gone(std::function<void()> handler) = 0;
  virtual Task<Status> open(Cancel cancel) = 0;
  // Ends what it started, gives back every id, handle and subscription, and closes, within the
  // budget. A modem that does not answer is sent the rest without waiting for it.
  virtual Task<void> close(Duration budget) = 0;
  // Requests in a row that were not answered in time; any word from the modem makes it zero.
  [[nodiscard]] virtual unsigned unanswered() const = 0;
  // "lte: qmi STEP", for messages.
  [[nodiscard]] virtual std::string where(const std::string& step) const = 0;

  // --- the device
  virtual Task<Result<ModemIdentity>> read_identity(Cancel cancel) = 0;
  virtual Task<Result<RadioPower>> read_radio(Cancel cancel) = 0;
  // Done when the modem says it is so, or fails. Switching on unlocks a vendor lock as
  // ModemConfig::quirks say.
  virtual Task<Status> set_radio(bool on, Cancel cancel) = 0;
  // By the protocol; the connection breaks some time after it.
  virtual Task<Status> reset(Cancel cancel) = 0;

  // --- the SIM
  virtual Task<Result<Sim>> read_sim(Cancel cancel) = 0;
  virtual Task<Result<std::vector<SimSlot>>> read_slots(Cancel cancel) = 0;
  // Sent once, as it is; whether it may be sent is the caller's to judge.
  virtual Task<Result<PinVerdict>> verify_pin(Secret pin, Cancel cancel) = 0;
  virtual Task<Result<HomeNetwork>> read_home_network(Cancel cancel) = 0;

  // --- network and radio
  // Subscribes to everything in ModemReport that the modem can tell.
  virtual Task<Result<Listening>> listen(SignalReporting reporting, Cancel cancel) = 0;
  virtual Task<Result<Registration>> read_registration(Cancel cancel) = 0;
  // Ask the modem to choose a network by itself. Fine when it already does.
  virtual Task<Status> register_automatically(Cancel cancel) = 0;
  virtual Task<Result<PacketService>> read_packet_service(Cancel cancel) = 0;
  virtual Task<Status> attach(bool on, Cancel cancel) = 0;
  // Every RAT in use, the serving one first.
  virtual Task<Result<std::vector<SignalSample>>> read_signal(Cancel cancel) = 0;
  virtual Task<Result<CellReport>> read_cells(Cancel cancel) = 0;
  // The carriers in use, the serving one first; none while there is no service.
  virtual Task<Result<std::vector<ActiveBand>>> read_bands(Cancel cancel) = 0;

  // --- bearers
  // Before the first connect(): data format, autoconnect off, whatever the protocol wants.
  virtual Task<Status> prepare_data(Cancel cancel) = 0;
  // True where one bearer carries both families (MBIM), so that they are asked for together.
  [[nodiscard]] virtual bool families_share_bearer() const = 0;
  // The error is that of the whole request (no answer, gone); what the network refuses is in the
  // outcomes. A family that is already up is success.
  virtual Task<Result<std::vector<FamilyOutcome>>> connect(std::vector<IpFamily> families,
                                                           Cancel cancel) = 0;
  // Also after a bearer ended by itself: some firmware refuses the next start until this.
  virtual Task<void> disconnect(std::vector<IpFamily> families, Cancel cancel) = 0;
  virtual Task<Result<IpConfig>> read_addressing(IpFamily family, Cancel cancel) = 0;
  // Whether the modem still holds the bearer.
  virtual Task<Result<bool>> read_connected(IpFamily family, Cancel cancel) = 0;
  virtual Task<Result<TrafficCounters>> read_counters(Cancel cancel) = 0;
};

// The adapter for the protocol that config names, or that the kernel driver of its device speaks.
// An error when that cannot be told, or when this build lacks the protocol. config is copied, its
// quirks are resolved; identity may be empty as long as nobody asked.
Result<std::unique_ptr<ModemAdapter>> make_modem_adapter(Loop& loop, ModemConfig config,
                                                         const ModemIdentity& identity = {});

}  // namespace mwan
