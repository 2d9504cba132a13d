// SPDX-License-Identifier: LGPL-2.1-or-later
// A program outside of this project that uses the installed libmwan-hal: ./check compiles it with
// what pkg-config says, links it and runs it. There is no modem at the device it names, and it must
// be told so in plain words.
#include <cstdio>
#include <string>

#include "hal/loop.hpp"
#include "modems/modem.hpp"

int main() {
  mwan::Loop loop;
  mwan::ModemConfig config;
  config.link = "consumer";
  config.device = "/dev/no-such-modem";
  std::string heard;
  mwan::Modem modem(loop, config);
  modem.start([&](const mwan::Fact& fact) {
    if (const auto* trouble = std::get_if<mwan::fact::Trouble>(&fact))
      heard = trouble->error.text();
  });
  bool late = false;
  const mwan::SourceHandle limit = loop.after(std::chrono::seconds(10), [&] { late = true; });
  while (heard.empty() && !late) loop.iterate(true);
  std::puts(heard.c_str());
  return heard.find("there is no such modem port") == std::string::npos ? 1 : 0;
}
