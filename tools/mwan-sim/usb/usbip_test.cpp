// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/usbip.hpp"

#include <gmock/gmock.h>

#include "tools/mwan-sim/must.hpp"
#include "tools/mwan-sim/usb/usb_fixture.hpp"

namespace mwan::sim::usb {
namespace {

using ::testing::HasSubstr;

TEST(UsbIp, ReadsTransfersAndTheirData) {
  HostStream stream;
  stream.feed(submit_bytes(7, false, 2, {1, 2, 3}));
  const auto out = std::get<Submit>(must(stream.next()));
  EXPECT_EQ(out.sequence, 7U);
  EXPECT_FALSE(out.to_host);
  EXPECT_EQ(out.endpoint, 2);
  EXPECT_EQ(out.data, (Bytes{1, 2, 3}));
  EXPECT_FALSE(stream.next());
  EXPECT_EQ(stream.trouble(), "");
}

TEST(UsbIp, ReadsTheSetupOfAControlTransfer) {
  HostStream stream;
  Bytes bytes = submit_bytes(1, true, 0, {}, 64);
  const Bytes setup = {0x80, 6, 0x00, 0x01, 0, 0, 64, 0};
  std::ranges::copy(setup, bytes.begin() + 40);
  stream.feed(bytes);
  const auto in = std::get<Submit>(must(stream.next()));
  EXPECT_EQ(in.setup, (usb::Setup{0x80, 6, 0x0100, 0, 64}));
  EXPECT_EQ(in.length, 64U);
  EXPECT_TRUE(in.data.empty());
}

TEST(UsbIp, FramesDoNotDependOnHowTheBytesArrive) {
  Bytes all = submit_bytes(1, false, 1, Bytes(100, 9));
  ByteWriter(all).bytes(unlink_bytes(2, 1)).bytes(submit_bytes(3, true, 1, {}, 512));
  HostStream stream;
  std::vector<HostMessage> got;
  for (const std::uint8_t byte : all) {
    stream.feed({&byte, 1});
    while (auto message = stream.next()) got.push_back(std::move(*message));
  }
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(std::get<Unlink>(got[1]), (Unlink{2, 1}));
  EXPECT_EQ(std::get<Submit>(got[2]).length, 512U);
}

TEST(UsbIp, WhatCannotBeEndsTheStream) {
  const auto trouble_of = [](const Bytes& bytes) {
    HostStream stream;
    stream.feed(bytes);
    EXPECT_FALSE(stream.next());
    return stream.trouble();
  };
  EXPECT_THAT(trouble_of(Bytes(48, 0xAA)), HasSubstr("unknown command"));
  EXPECT_THAT(trouble_of(submit_bytes(1, true, 16, {})), HasSubstr("endpoint 16"));
  EXPECT_THAT(trouble_of(submit_bytes(1, true, 1, {}, 0x7FFFFFFF)), HasSubstr("2147483647 bytes"));
  Bytes isochronous = submit_bytes(1, true, 1, {}, 64);
  isochronous[35] = 8;
  EXPECT_THAT(trouble_of(isochronous), HasSubstr("isochronous"));
}

TEST(UsbIp, CompletionsCarryWhatTheHostHasRoomFor) {
  Submit in;
  in.sequence = 5;
  in.to_host = true;
  in.length = 2;
  const Bytes answer = build_completion(in, Completion::Ok, Bytes{1, 2, 3});
  ASSERT_EQ(answer.size(), kMessageHeader + 2);
  const Completed read = read_completion(answer);
  EXPECT_EQ(read.sequence, 5U);
  EXPECT_EQ(read.status, 0);
  EXPECT_EQ(read.length, 2U);

  Submit out;
  out.sequence = 6;
  out.data = Bytes(9, 1);
  EXPECT_EQ(read_completion(build_completion(out, Completion::Ok, {})).length, 9U);
  const Completed stalled = read_completion(build_completion(out, Completion::Stall, {}));
  EXPECT_EQ(stalled.status, -32);
  EXPECT_EQ(stalled.length, 0U);
  EXPECT_EQ(read_completion(build_unlinked({8, 6}, true)).status, -104);
  EXPECT_EQ(read_completion(build_unlinked({8, 6}, false)).status, 0);
}

}  // namespace
}  // namespace mwan::sim::usb
