// SPDX-License-Identifier: LGPL-2.1-or-later
// QMI: messages as a modem sends them, and frames as libqmi sends them to the simulator.
#include "modems/qmi/test_bytes.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tools/mwan-sim/codec/qmux.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::qmi;

Tlv from_ip(std::uint8_t type, std::uint8_t last_byte) {
  return {type, {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, last_byte}};
}

Tlv lte_cells() {
  Writer w;
  w.u8(0).u8(0x62).u8(0xf2).u8(0x10).u16(7).u32(0x1a2d001).u16(1300).u16(101);
  w.u32(0).u8(2);
  w.u16(101).i16(-125).i16(-1034).i16(-700).i16(30);
  w.u16(202).i16(-110).i16(-998).i16(-700).i16(30);
  return w.tlv(0x13);
}
Tlv other_cells() {
  Writer w;
  w.u8(0).u8(1).u16(6300).u8(0).u8(0).u8(0).u8(1);
  w.u16(303).i16(-140).i16(-1102).i16(-700).i16(30);
  return w.tlv(0x14);
}
Tlv nr_cell() {
  return Writer().u32(0).u16(7).u32(1).u32(0).u16(500).i16(-115).i16(-987).i16(120).tlv(0x2f);
}

Tlv umts_cells() {
  Writer w;
  w.u16(0xabcd).u8(0x62).u8(0xf2).u8(0x10).u16(7).u16(10700).u16(311).i16(-85).i16(-7);
  w.u8(1).u16(10700).u16(12).i16(-97).i16(-14);
  w.u8(1).u16(62).u8(4).u8(6).i16(-88);
  return w.tlv(0x11);
}
Tlv lte_beside_umts() {
  return Writer()
      .u32(4)
      .u8(1)
      .u16(1300)
      .u16(101)
      .u32(0xc2c80000)
      .u32(0xc1380000)
      .i16(20)
      .u8(0)
      .tlv(0x18);
}
Tlv gsm_cells() {
  Writer w;
  w.u32(0xabcd).u8(0x62).u8(0xf2).u8(0x10).u16(7).u16(62).u8(38).u32(1).u16(35);
  w.u8(1).u32(0xabce).u8(0x62).u8(0xf2).u8(0x10).u16(7).u16(70).u8(39).u16(20);
  return w.tlv(0x10);
}
Tlv umts_beside_lte() {
  return Writer()
      .u8(0)
      .u8(1)
      .u16(10700)
      .u8(2)
      .u16(9)
      .u16(9)
      .u8(1)
      .u16(12)
      .i16(-985)
      .i16(-80)
      .i16(5)
      .tlv(0x16);
}
Tlv gsm_beside_lte() {
  Writer w;
  w.u8(0).u8(1).u8(1).u8(2).u8(3).u8(0xff);
  w.u8(1).u16(62).u8(0).u8(1).u8(38).i16(-752).i16(4);
  return w.tlv(0x15);
}

Bytes serving_system() {
  return message({Writer().u8(1).u8(1).u8(1).u8(1).u8(2).u8(8).u8(12).tlv(0x01),
                  Writer().u8(1).tlv(0x10), Writer().u16(262).u16(1).u8(4).text("Test").tlv(0x12),
                  Writer().u16(262).u16(1).u8(1).tlv(0x27),
                  Writer().u16(262).u16(1).u8(1).tlv(0x29)});
}
Bytes system_info() {
  const Bytes zeros(40, 0);
  const Bytes ones(40, 1);
  return message({Writer().u8(2).u8(2).u8(1).tlv(0x14),
                  {0x19, ones},
                  {0x4b, ones},
                  {0x4d, zeros},
                  Writer().u8(2).u8(2).u8(1).tlv(0x4a),
                  Writer().u8(2).u8(2).u8(1).tlv(0x4c)});
}
Bytes network_reject() {
  return message({Writer().u8(8).tlv(0x01), Writer().u8(2).tlv(0x02), Writer().u8(15).tlv(0x03)});
}
Bytes signal() {
  return message({Writer().i8(-67).i8(-11).i16(-97).i16(128).tlv(0x14),
                  Writer().i16(-101).i16(-35).tlv(0x17), Writer().i16(-125).tlv(0x18),
                  Writer().i8(-80).i16(14).tlv(0x13)});
}
Bytes card_status() {
  Writer w;
  w.u16(0).u16(0xffff).u16(0xffff).u16(0xffff).u8(1);
  w.u8(1).u8(1).u8(9).u8(10).u8(0).u8(1);
  w.u8(2).u8(2).u8(0).u8(0).u8(0).u8(0);
  w.u8(4).u32(0x000087a0).u8(0).u8(1).u8(3).u8(10).u8(1).u8(3).u8(10);
  return message({w.tlv(0x10)});
}
Bytes packet_service_status() {
  return message({Writer().u8(1).u8(1).tlv(0x01), Writer().u16(1003).tlv(0x10),
                  Writer().u16(6).i16(36).tlv(0x11), Writer().u8(6).tlv(0x12)});
}
Bytes system_status() {
  return message({Writer().u8(1).u32(0).u32(3).u32(0x1000).u32(0).tlv(0x10)});
}

// {decoder, elements}: see kDecoders of the target.
void add_decoder_seeds(Seeds& seeds) {
  const auto add = [&](std::uint8_t decoder, const Bytes& elements) {
    Bytes input = {decoder};
    input.insert(input.end(), elements.begin(), elements.end());
    seeds.add("qmi_decode", std::move(input));
  };
  add(0, message({lte_cells(), other_cells(), nr_cell(), Writer().u32(640000).tlv(0x2e)}));
  add(0, message({nr_cell(), Writer().u32(640000).tlv(0x2e)}));
  add(0, message({umts_cells(), lte_beside_umts()}));
  add(0, message({gsm_cells()}));
  add(0, message({lte_cells(), umts_beside_lte(), gsm_beside_lte()}));
  add(27, message({Writer().u8(1).u8(8).u16(122).u16(1300).tlv(0x01),
                   Writer().u8(2).u8(8).u16(122).u32(1300).u8(12).u16(269).u32(640000).tlv(0x11),
                   Writer().u8(1).u8(8).u32(5).tlv(0x12)}));
  add(1, serving_system());
  add(2, serving_system());
  add(3, system_info());
  add(4, system_info());
  add(5, network_reject());
  add(6, message({Writer().u16(262).u16(1).u8(4).text("Test").tlv(0x01), {0x12, {1, 1}}}));
  const Bytes v4 = message({Writer().u32(0x0a400002).tlv(0x1e), Writer().u32(0x0a400001).tlv(0x20),
                            Writer().u32(0xfffffffc).tlv(0x21), Writer().u32(0x08080808).tlv(0x15),
                            Writer().u32(1430).tlv(0x29)});
  const Bytes v6 = message({from_ip(0x25, 64), from_ip(0x26, 64), from_ip(0x27, 0)});
  for (const std::uint8_t layer : {7, 8}) {
    add(layer, v4);
    add(layer, v6);
  }
  add(9, signal());
  add(10, message({Writer().u8(91).u8(8).tlv(0x13), Writer().i8(-15).u8(8).tlv(0x18),
                   Writer().i16(-118).tlv(0x1a)}));
  add(11, message({Writer().i8(-70).u8(8).tlv(0x01), Writer().i8(-12).u8(8).tlv(0x16),
                   Writer().i16(75).tlv(0x17), Writer().i16(-99).tlv(0x18)}));
  add(12, card_status());
  add(13, message({Writer().u8(1).u32(2).u32(1).u8(1).u8(2).u8(0x98).u8(0xf1).tlv(0x10)}));
  add(14,
      message({Writer().u16(6).u8(0x05).u8(0x29).u8(0x26).u8(0x10).u8(0x89).u8(0x67).tlv(0x11)}));
  add(15, message({Writer().u8(0).tlv(0x01)}));
  add(16, message({Writer().u8(1).u8(2).u8(9).tlv(0x11)}));
  add(17, message({Writer().text("Modem\xc3\xa9").tlv(0x01)}));
  add(18, message({{0x02, {1, 0, 26, 0}}}));
  add(19, message({Writer().u16(1018).tlv(0x10), Writer().u16(6).i16(33).tlv(0x11)}));
  add(20, packet_service_status());
  add(21, system_status());
  add(22, message({Writer().u8(1).tlv(0x01), Writer().u8(1).tlv(0x11)}));
  add(23, message({Writer().u32(7).tlv(0x10), Writer().u32(900).u32(0).tlv(0x19)}));
  add(24, message({Writer().u32(2).tlv(0x11), Writer().u32(5).tlv(0x13)}));
  add(25, message({Writer().u8(1).tlv(0x01)}));
  add(26, message({{0x10, {3, 10}}, {0x14, {2}}, {0x1f, {2}}}));
}

// {which, length, elements} one after the other: see kKinds of the target.
void add_indication_seeds(Seeds& seeds) {
  Bytes all;
  const auto add = [&](std::uint8_t which, const Bytes& elements) {
    Bytes one = {which, static_cast<std::uint8_t>(elements.size())};
    one.insert(one.end(), elements.begin(), elements.end());
    all.insert(all.end(), one.begin(), one.end());
    seeds.add("qmi_hear", std::move(one));
  };
  add(0, serving_system());
  add(1, system_info());
  add(2, network_reject());
  add(3, signal());
  add(4, message({Writer().i16(-118).tlv(0x1a)}));
  add(5 + 11 * 6, packet_service_status());   // for the IPv4 client
  add(5 + 11 * 12, packet_service_status());  // for the IPv6 client
  add(6, message({Writer().u8(2).tlv(0x1f)}));
  add(7, {});
  add(8, system_status());
  add(9, card_status());
  add(10, message({Writer().u8(0).tlv(0x14)}));
  seeds.add("qmi_hear", all);
}

void add_frame_seeds(Seeds& seeds) {
  Bytes stream = {5};  // in pieces of five bytes
  const auto add = [&](std::uint8_t service, std::uint16_t number, const Bytes& value) {
    sim::QmiMessage request;
    request.service = service;
    request.client = 1;
    request.transaction = 3;
    request.message = number;
    request.tlvs.add(0x01).bytes(value);
    request.tlvs.add(0x10).u16(7);
    const Bytes frame = sim::build_frame(request);
    stream.insert(stream.end(), frame.begin(), frame.end());
    Bytes input = {255};
    input.insert(input.end(), frame.begin(), frame.end());
    seeds.add("sim_codec", std::move(input));
  };
  add(0, 0x0022, {2});
  add(2, 0x0025, {1, 2, 3, 4});
  add(1, 0x0020, {4, 'a', 'p', 'n', '1'});
  seeds.add("sim_codec", stream);
}

}  // namespace

void add_qmi_seeds(Seeds& seeds) {
  add_decoder_seeds(seeds);
  add_indication_seeds(seeds);
  add_frame_seeds(seeds);
}

}  // namespace mwan::fuzz
