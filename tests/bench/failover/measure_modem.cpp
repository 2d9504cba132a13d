// SPDX-License-Identifier: LGPL-2.1-or-later
// The rows with a modem: the demo's lab, in which the first line is a simulated modem's.
#include <csignal>

#include <fmt/format.h>

#include "tests/bench/failover/measure.hpp"
#include "tests/bench/failover/modem_scenario.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/lab.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

Measured gave_up(const std::string& why) {
  Measured out;
  out.problem = why;
  return out;
}

}  // namespace

std::string modem_scenario(std::string_view part, int times) {
  std::string text =
      "start=signal\nregistration-delay=300ms\n"
      "signal lte rsrp=-88 rsrq=-9 sinr=16\n"
      "cells serving pci=101 arfcn=1300 tac=0x1234 ci=0x1A2B301 neighbour pci=205 rsrp=-101 "
      "rsrq=-12\n"
      "registration home\n\n";
  for (int i = 0; i < times; ++i) {
    if (i > 0) text += "\ntrigger\n";
    text += part;
  }
  return text;
}

Measured measure_modem(const Row& row, const Installed& installed, const Patience& patience,
                       int number) {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return gave_up(folder.error().text());
  const auto scenarios = folder->path() / "scenarios";
  if (auto done = lab::write_file(scenarios / "bench.scn", modem_scenario(row.modem, 1)); !done) {
    return gave_up(done.error().text());
  }
  auto lab = lab::Lab::build({{installed.daemon, installed.simulator, scenarios},
                              folder->path(),
                              "bench",
                              lab::Mode::Radio,
                              lab::Primary::Modem});
  if (!lab) return gave_up(lab.error().text());
  if (auto done = (*lab)->start_daemon(); !done) return gave_up(done.error().text());
  if (auto done = (*lab)->wait_until_steady(patience.ready); !done) {
    return gave_up(done.error().text() + "\n" + (*lab)->daemon_log_tail());
  }
  lab::sleep_for(2s);
  wait_for_phase(number);

  Measured out;
  if (row.cause == Cause::DeviceGone &&
      has_default_route((*lab)->topology().router(), (*lab)->backup_device())) {
    out.by_kernel = true;
  }
  const Instant cause = lab::now();
  (*lab)->simulator().signal(SIGUSR1);
  lab::wait_until(patience.move, [&] {
    const auto moved = (*lab)->routes().moved_to((*lab)->backup_device(), cause);
    if (moved) out.to_route = *moved - cause;
    return moved || (*lab)->broken();
  });
  // A fade goes on after it was fled from; its end counts as well.
  if (row.cause == Cause::Fade) lab::sleep_for(cause + fade_length - lab::now());
  lab::sleep_for(1s);
  const Instant end = lab::now();
  lab::sleep_for(500ms);
  out.lost = (*lab)->traffic().count(cause, end).lost;
  if (auto problem = (*lab)->broken()) return gave_up(*problem);
  (*lab)->stop_daemon();
  return out;
}

}  // namespace mwan::bench
