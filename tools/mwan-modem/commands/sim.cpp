// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ostream>

#include <fmt/format.h>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/output/sections.hpp"
#include "tools/mwan-modem/output/words.hpp"
#include "tools/mwan-modem/readings.hpp"
#include "tools/mwan-modem/secret_input.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

// Fewer are left to whoever can put the card into a phone: a third mistake costs the PUK.
constexpr unsigned kTriesKept = 3;

Task<ExitCode> show_sim(Context& context, ModemAdapter& modem) {
  const Show show = context.options.mask ? Show::Masked : Show::Full;
  Task<Result<Sim>> reading = read_settled_sim(modem, context.loop, context.cancel);
  const Result<Sim> sim = co_await reading;
  Task<Result<HomeNetwork>> reading_home = modem.read_home_network(context.cancel);
  const Result<HomeNetwork> home = co_await reading_home;
  Task<Result<std::vector<SimSlot>>> reading_slots = modem.read_slots(context.cancel);
  const Result<std::vector<SimSlot>> slots = co_await reading_slots;
  if (context.cancel.cancelled()) co_return ExitCode::Interrupted;
  Sheet sheet;
  sheet.push_back(section_of_sim(sim, home, show));
  sheet.push_back(section_of_slots(slots, show));
  context.show(sheet);
  if (!sim) co_return exit_code_of(sim.error());
  co_return sim->state == SimState::Ready ? ExitCode::Ok : ExitCode::Sim;
}

// Why the PIN must not be sent; nothing when it may.
std::optional<std::string> refusal(const Sim& sim) {
  if (sim.state != SimState::PinRequired) {
    return fmt::format("the SIM does not ask for a PIN: {}", words(sim.state));
  }
  if (!sim.pin_tries) {
    return "the modem does not say how many tries are left; enter the PIN in a phone, or switch it "
           "off there";
  }
  if (*sim.pin_tries < kTriesKept) {
    return fmt::format(
        "only {} left, and a wrong one more may lock the card; enter the PIN in a phone first",
        *sim.pin_tries == 1 ? "1 try is" : fmt::format("{} tries are", *sim.pin_tries));
  }
  return std::nullopt;
}

Task<ExitCode> unlock(Context& context, ModemAdapter& modem) {
  Task<Result<Sim>> reading = read_settled_sim(modem, context.loop, context.cancel);
  const Result<Sim> sim = co_await reading;
  if (!sim) co_return context.fail(sim.error());
  if (sim->state == SimState::Ready) {
    if (context.options.json) {
      context.out << line(Json{{"unlocked", true}, {"needed", false}}) << '\n';
    } else {
      context.out << "the SIM needs no PIN, it is ready\n";
    }
    co_return ExitCode::Ok;
  }
  if (const auto reason = refusal(*sim)) co_return context.fail(ExitCode::Sim, *reason);
  const Result<Secret> pin =
      context.options.pin_fd ? read_secret(*context.options.pin_fd) : ask_secret("PIN: ");
  if (!pin) {
    const bool interrupted = pin.error().failure == FailureClass::Cancelled;
    co_return context.fail(interrupted ? ExitCode::Interrupted : ExitCode::Usage,
                           pin.error().text());
  }
  if (!valid_pin(*pin)) {
    co_return context.fail(ExitCode::Usage, "that is no PIN (4 to 8 digits); it was not sent");
  }
  Task<Result<PinVerdict>> verifying = modem.verify_pin(*pin, context.cancel);
  const Result<PinVerdict> verdict = co_await verifying;
  if (!verdict) co_return context.fail(ExitCode::Sim, verdict.error().text());
  if (!verdict->accepted) {
    const std::string left =
        verdict->tries_left ? fmt::format(", tries left: {}", *verdict->tries_left) : "";
    co_return context.fail(ExitCode::Sim, "the PIN is wrong" + left);
  }
  if (context.options.json) {
    context.out << line(Json{{"unlocked", true}, {"needed", true}}) << '\n';
  } else {
    context.out << "the PIN is right, the SIM is unlocked\n";
  }
  co_return ExitCode::Ok;
}

}  // namespace

Task<ExitCode> run_sim(Context& context) {
  return with_modem(context, [&context](ModemAdapter& modem) { return show_sim(context, modem); });
}

Task<ExitCode> run_sim_unlock(Context& context) {
  return with_modem(context, [&context](ModemAdapter& modem) { return unlock(context, modem); });
}

}  // namespace mwan::tool
