// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ostream>

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/device.hpp"
#include "tools/mwan-modem/pid_file.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;

// Longer than closing takes.
constexpr Duration kPatience = 30s;

void say(const Context& context, bool was_connected, const std::string& text) {
  if (context.options.json) {
    context.out << line(Json{{"was_connected", was_connected}}) << '\n';
  } else {
    context.out << text << '\n';
  }
}

}  // namespace

Task<ExitCode> run_disconnect(Context& context) {
  Task<tl::expected<Choice, Refusal>> choosing = choose_device(context);
  const auto choice = co_await choosing;
  if (!choice) co_return context.fail(choice.error().code, choice.error().text);
  const std::string link = link_name(context.options, *choice);
  const auto found = holder_of(context.options.run_dir, pid_file_name(link));
  if (!found) co_return context.fail(ExitCode::Busy, found.error().text());
  if (!*found) {
    say(context, false, fmt::format("{}: no mwan-modem connect is running", link));
    co_return ExitCode::Ok;
  }
  const Holder& holder = **found;
  if (syscall(SYS_pidfd_send_signal, holder.pidfd.get(), SIGINT, nullptr, 0) != 0 &&
      errno != ESRCH) {
    co_return context.fail(ExitCode::Busy,
                           fmt::format("process {}: {}", holder.pid, std::strerror(errno)));
  }
  // A pidfd becomes readable when its process has ended.
  Notification ended;
  bool gone = false;
  const SourceHandle watch =
      context.loop.watch(holder.pidfd.get(), Loop::Readable, [&](unsigned /*ready*/) {
        gone = true;
        ended.notify();
      });
  const Woken woken = co_await ended.wait(context.loop, context.cancel, kPatience);
  if (woken == Woken::Cancelled) co_return ExitCode::Interrupted;
  if (!gone) {
    co_return context.fail(ExitCode::Failed, fmt::format("process {} does not end", holder.pid));
  }
  say(context, true, fmt::format("{}: disconnected", link));
  co_return ExitCode::Ok;
}

}  // namespace mwan::tool
