// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/codec/qmux.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/mwan-sim/must.hpp"

namespace mwan::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

// Control service, transaction 1, Allocate CID (0x0022) for DMS (TLV 0x01 = 02).
const Bytes kAllocate = {0x01, 0x0F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
                         0x22, 0x00, 0x04, 0x00, 0x01, 0x01, 0x00, 0x02};
// DMS client 1, transaction 3, Get IDs (0x0025), no TLVs.
const Bytes kGetIds = {0x01, 0x0C, 0x00, 0x00, 0x02, 0x01, 0x00,
                       0x03, 0x00, 0x25, 0x00, 0x00, 0x00};

std::vector<Bytes> take_all(QmuxStream& stream) {
  std::vector<Bytes> frames;
  while (true) {
    auto frame = stream.next();
    if (!frame) return frames;
    frames.push_back(std::move(*frame));
  }
}

TEST(ParseFrame, ReadsAControlRequest) {
  const auto frame = must(parse_frame(kAllocate));
  EXPECT_TRUE(frame.intact);
  EXPECT_EQ(frame.message.kind, MessageKind::Request);
  EXPECT_EQ(frame.message.service, 0x00);
  EXPECT_EQ(frame.message.transaction, 1);
  EXPECT_EQ(frame.message.message, 0x0022);
  ASSERT_NE(frame.message.tlvs.find(0x01), nullptr);
  EXPECT_THAT(*frame.message.tlvs.find(0x01), ElementsAre(0x02));
}

TEST(ParseFrame, ReadsAServiceRequestWithItsWideTransaction) {
  const auto frame = must(parse_frame(kGetIds));
  EXPECT_EQ(frame.message.service, 0x02);
  EXPECT_EQ(frame.message.client, 1);
  EXPECT_EQ(frame.message.transaction, 3);
  EXPECT_EQ(frame.message.message, 0x0025);
  EXPECT_TRUE(frame.message.tlvs.empty());
}

TEST(ParseFrame, RefusesEveryTruncation) {
  for (std::size_t length = 0; length < kAllocate.size(); ++length) {
    EXPECT_FALSE(parse_frame(std::span(kAllocate).first(length))) << length;
  }
}

TEST(ParseFrame, RefusesALengthThatIsNotTheFrames) {
  Bytes frame = kGetIds;
  frame[1] = 0x0D;
  EXPECT_FALSE(parse_frame(frame));
}

TEST(ParseFrame, KeepsTheEnvelopeWhenTlvsDoNotAddUp) {
  Bytes frame = kAllocate;
  frame[13] = 0x05;  // the TLV claims more bytes than there are
  const auto parsed = must(parse_frame(frame));
  EXPECT_FALSE(parsed.intact);
  EXPECT_EQ(parsed.message.message, 0x0022);
  EXPECT_TRUE(parsed.message.tlvs.empty());

  frame = kAllocate;
  frame[10] = 0x03;  // the TLV length field of the message
  EXPECT_FALSE(must(parse_frame(frame)).intact);
}

TEST(BuildFrame, WritesAControlResponse) {
  QmiMessage message;
  message.kind = MessageKind::Response;
  message.transaction = 1;
  message.message = 0xFF00;
  message.tlvs.add(0x02).u32(0);
  EXPECT_THAT(build_frame(message),
              ElementsAreArray(Bytes{0x01, 0x12, 0x00, 0x80, 0x00, 0x00, 0x01, 0x01, 0x00, 0xFF,
                                     0x07, 0x00, 0x02, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00}));
}

TEST(BuildFrame, WritesAServiceIndication) {
  QmiMessage message;
  message.kind = MessageKind::Indication;
  message.service = 0x01;
  message.client = 0xFF;
  message.message = 0x0022;
  message.tlvs.add(0x01).u8(2).u8(0);
  EXPECT_THAT(build_frame(message),
              ElementsAreArray(Bytes{0x01, 0x11, 0x00, 0x80, 0x01, 0xFF, 0x04, 0x00, 0x00, 0x22,
                                     0x00, 0x05, 0x00, 0x01, 0x02, 0x00, 0x02, 0x00}));
}

TEST(BuildFrame, IsReadBackAsItWas) {
  for (const auto kind : {MessageKind::Request, MessageKind::Response, MessageKind::Indication}) {
    for (const std::uint8_t service : {std::uint8_t{0x00}, std::uint8_t{0x03}}) {
      QmiMessage message;
      message.kind = kind;
      message.service = service;
      message.message = 0x1234;
      message.tlvs.add(0x10).u64(0x0102030405060708);
      const auto parsed = must(parse_frame(build_frame(message)));
      EXPECT_EQ(parsed.message.kind, kind);
      EXPECT_EQ(parsed.message.message, 0x1234);
      EXPECT_THAT(*parsed.message.tlvs.find(0x10), ElementsAre(8, 7, 6, 5, 4, 3, 2, 1));
    }
  }
}

TEST(QmuxStream, CutsFramesWhateverTheChunks) {
  Bytes bytes = kAllocate;
  bytes.insert(bytes.end(), kGetIds.begin(), kGetIds.end());
  for (std::size_t chunk = 1; chunk <= bytes.size(); ++chunk) {
    QmuxStream stream;
    std::vector<Bytes> frames;
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
      stream.feed(std::span(bytes).subspan(at, std::min(chunk, bytes.size() - at)));
      for (auto& frame : take_all(stream)) frames.push_back(std::move(frame));
    }
    EXPECT_THAT(frames, ElementsAre(kAllocate, kGetIds)) << "chunks of " << chunk;
    EXPECT_FALSE(stream.lost());
  }
}

TEST(QmuxStream, IsLostAtAByteThatIsNoMarker) {
  QmuxStream stream;
  stream.feed(kGetIds);
  stream.feed(Bytes{0x42, 0x01, 0x0C});
  EXPECT_TRUE(stream.next());
  EXPECT_FALSE(stream.next());
  EXPECT_TRUE(stream.lost());
}

TEST(QmuxStream, IsLostAtALengthThatDoesNotCoverItself) {
  QmuxStream stream;
  stream.feed(Bytes{0x01, 0x00, 0x00, 0x00});
  EXPECT_FALSE(stream.next());
  EXPECT_TRUE(stream.lost());
}

TEST(QmuxStream, SurvivesRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    QmuxStream stream;
    Bytes bytes(random() % 64);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % 8 == 0 ? 1 : random());
    if (!bytes.empty()) bytes[0] = kQmuxMarker;
    stream.feed(bytes);
    for (const auto& frame : take_all(stream)) parse_frame(frame);
  }
}

}  // namespace
}  // namespace mwan::sim
