// SPDX-License-Identifier: LGPL-2.1-or-later
// Collects what the rules look at.
#pragma once

#include <functional>
#include <string>

#include "tools/mwan-modem/context.hpp"
#include "tools/mwan-modem/device.hpp"
#include "tools/mwan-modem/diagnose/evidence.hpp"
#include "tools/mwan-modem/readings.hpp"

namespace mwan::tool {

struct Gathered {
  Evidence evidence;
  // For a report, of a modem that could be opened.
  std::optional<Readings> readings;
  std::optional<Choice> choice;
};

// Changes nothing without options.connect; with it, everything is put back and the modem closed.
// tell: one line for what takes its time. The secret of the access point is read by the caller.
Task<Gathered> gather(Context& context, Secret password,
                      std::function<void(const std::string&)> tell);

// The data side of an open modem (gather_data.cpp): connects where that is allowed, tries packets,
// and takes it all back.
Task<void> gather_data(Context& context, ModemAdapter& modem, std::string netdev,
                       const std::function<void(const std::string&)>& tell, Evidence& out);

// Of the kernel, for a network device.
NetdevEvidence read_netdev(const std::string& name);

}  // namespace mwan::tool
