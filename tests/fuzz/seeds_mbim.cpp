// SPDX-License-Identifier: LGPL-2.1-or-later
// MBIM: information buffers as a modem sends them, and messages as libmbim sends them to the
// simulator.
#include "modems/mbim/messages.hpp"
#include "modems/mbim/test_bytes.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tools/mwan-sim/mbim/message.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::mbim;

// What the target counts in: see kDecoders there.
constexpr std::uint8_t kDecoders = 20;

Bytes register_state() {
  return Writer()
      .u32(0)
      .u32(3)
      .u32(1)
      .u32(0x20)
      .u32(1)
      .text("26201")
      .text("Example")
      .text("")
      .u32(0)
      .u32(0x20)
      .done();
}

Bytes ip_configuration() {
  constexpr std::uint32_t kData = 60;
  Writer out;
  out.u32(0).u32(0xf).u32(0xf);
  out.u32(1).u32(kData).u32(1).u32(kData + 8);
  out.u32(kData + 4).u32(0);
  out.u32(1).u32(kData + 28).u32(1).u32(kData + 32);
  out.u32(1428).u32(1400);
  out.u32(30).bytes(Bytes{10, 64, 0, 2});
  out.u32(64).bytes(Bytes{0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
  out.bytes(Bytes{10, 0, 0, 53});
  out.bytes(Bytes{0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53});
  return out.done();
}

Bytes lte_cell(std::uint32_t pci, bool serving) {
  Writer out;
  out.text("26201").u32(0x1a2b301).u32(1300).u32(pci).u32(7);
  out.u32(static_cast<std::uint32_t>(-95)).u32(static_cast<std::uint32_t>(-11));
  if (serving) out.u32(kUnknown);
  return out.done();
}
Bytes nr_cell() {
  return Writer()
      .text("26201")
      .u32(1)
      .u32(0)
      .u32(500)
      .u32(640000)
      .u32(7)
      .u32(57)
      .u32(60)
      .u32(67)
      .u32(0)
      .u32(0)
      .done();
}
Bytes gsm_cell(bool serving) {
  Writer out;
  out.text("26201").u32(7).u32(0xabcd);
  if (serving) out.u32(kUnknown);
  return out.u32(62).u32(38).u32(35).done();
}
Bytes umts_cell(bool serving) {
  Writer out;
  out.text("26201").u32(7).u32(0xabcd);
  if (serving) out.u32(kUnknown).u32(kUnknown).u32(kUnknown);
  out.u32(10700).u32(311).u32(static_cast<std::uint32_t>(-85));
  return out.u32(static_cast<std::uint32_t>(-9)).u32(kUnknown).done();
}
Bytes older_base_stations() {
  const Bytes none;
  Writer out;
  out.u32(1).part(gsm_cell(true)).part(umts_cell(true)).part(none).part(none);
  out.part(Writer().u32(1).bytes(gsm_cell(false)).done());
  out.part(Writer().u32(1).bytes(umts_cell(false)).done());
  return out.part(none).part(none).part(none).done();
}
Bytes base_stations(bool third) {
  const Bytes none;
  const Bytes neighbours =
      Writer().u32(2).bytes(lte_cell(202, false)).bytes(lte_cell(303, false)).done();
  Writer out;
  out.u32(0x20);
  if (third) out.u32(0);
  out.part(none).part(none).part(none).part(lte_cell(101, true));
  out.part(none).part(none).part(none).part(neighbours).part(none);
  if (third) out.part(Writer().u32(1).bytes(nr_cell()).done()).part(none);
  return out.done();
}

void add_buffer_seeds(Seeds& seeds) {
  const auto add = [&](std::uint8_t decoder, const Bytes& buffer, unsigned version = 0) {
    Bytes input = {static_cast<std::uint8_t>(decoder + kDecoders * version)};
    input.insert(input.end(), buffer.begin(), buffer.end());
    seeds.add("mbim_decode", std::move(input));
  };
  Writer caps;
  for (unsigned i = 0; i < 8; ++i) caps.u32(1);
  add(0, caps.text("HSPA+").text("490154203237518").text("FW1").text("HW1").done());
  const Bytes basic =
      Writer().uuid(uuid_of(Service::BasicConnect)).u32(0).u32(0).u32(2).u32(1).u32(12).done();
  add(1, Writer().u32(1).u32(0).part(basic).done());
  add(2, words({1, 1}));
  add(3, words({4}));
  add(4, words({1, 2, 1, 0, 0}));
  add(5, Writer().u32(1).part(words({1})).done());
  add(6, words({0, 5}));
  const Bytes none;
  for (const unsigned version : {0, 1, 2}) {
    add(7, register_state(), version);
    add(8, words({0, 2, 0x60, 1, 0, 2, 0, 1, 2, 0, 0}), version);
    Writer subscriber;
    subscriber.u32(1);
    if (version == 2) subscriber.u32(0);
    add(9, subscriber.text("262011234567890").text("8949020").u32(0).u32(0).done(), version);
    const Bytes levels = words({2, 57, 67, 0, 0, 0x20, 77, 40, 0, 0, 0x40});
    add(12, Writer().u32(20).u32(99).u32(5).u32(2).u32(0).part(levels).done(), version);
    add(14, base_stations(version == 2), version);
  }
  add(14, older_base_stations());
  add(10, words({2, 1, 3}));
  add(11, Writer().text("26201").u32(1).text("Example").u32(0).u32(0).done());
  add(13, words({20, 99, 96, 49, 34, 97, 1}));
  add(15, Writer().u32(0).u32(1).u32(0).u32(3).uuid(kInternet).u32(33).done());
  add(16, ip_configuration());
  add(17, words({0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 0, 0}));
}

void add_message_seeds(Seeds& seeds) {
  Bytes stream = {7};  // in pieces of seven bytes
  const auto add = [&](const sim::mbim::Message& message, std::size_t longest) {
    Bytes input = {255};
    for (const Bytes& frame : sim::mbim::build(message, longest)) {
      input.insert(input.end(), frame.begin(), frame.end());
      stream.insert(stream.end(), frame.begin(), frame.end());
    }
    seeds.add("sim_mbim", std::move(input));
  };
  sim::mbim::Message open;
  open.type = sim::mbim::MessageType::Open;
  open.transaction = 1;
  open.value = 4096;
  add(open, 4096);
  sim::mbim::Message command;
  command.transaction = 2;
  command.service = uuid_of(Service::BasicConnect);
  command.cid = cid::kConnect;
  command.set = true;
  command.info = Writer().text("internet").u32(1).part(words({1, 2})).done();
  add(command, 4096);
  command.transaction = 3;
  add(command, 64);  // in fragments
  seeds.add("sim_mbim", stream);
}

}  // namespace

void add_mbim_seeds(Seeds& seeds) {
  add_buffer_seeds(seeds);
  add_message_seeds(seeds);
}

}  // namespace mwan::fuzz
