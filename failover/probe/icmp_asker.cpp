// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/icmp_asker.hpp"

#include <cerrno>
#include <cstring>
#include <random>

namespace mwan::failover {
namespace {

// The queue or a filter refused one packet; the socket is still good.
bool passing(int error) {
  return error == EPERM || error == ENOBUFS || error == EAGAIN || error == ENOMEM;
}

std::size_t echo_size(IpFamily family) {
  return (family == IpFamily::V4 ? 20 : 40) + sizeof(EchoRequest);
}

}  // namespace

IcmpAsker::IcmpAsker(Loop& loop, LinkBinding link, IpAddress target, Heard heard)
    : loop_(loop), link_(std::move(link)), target_(target), heard_(std::move(heard)) {
  std::random_device random;
  token_ = static_cast<std::uint64_t>(random()) << 32U | random();
  raw_id_ = static_cast<std::uint16_t>(random());
}

Status IcmpAsker::ask(std::uint32_t question) {
  if (!socket_) {
    const auto& source = link_.source(target_.family());
    auto opened = IcmpSocket::open(source.value_or(IpAddress()), link_.netdev, raw_id_);
    if (!opened) return failed(opened.error());
    socket_.emplace(std::move(*opened));
    watch_ = loop_.watch(socket_->fd(), Loop::Readable, [this](unsigned) { receive(); });
  }
  const std::uint16_t sequence = next_sequence();
  const Instant now = Loop::now();
  const int error = socket_->send(target_, sequence, token_);
  if (error == 0) {
    bytes_ += echo_size(target_.family());
    waiting_.insert_or_assign(sequence, Waiting{question, now});
    return {};
  }
  // Perhaps the device came back as another one, which this socket will never see.
  if (!passing(error)) close();
  return failed(FailureClass::Transient, "probes of " + link_.netdev,
                "sending to " + target_.text() + ": " + std::strerror(error));
}

void IcmpAsker::forget(std::uint32_t question) {
  std::erase_if(waiting_,
                [question](const auto& entry) { return entry.second.question == question; });
}

void IcmpAsker::receive() {
  while (socket_) {
    const auto [received, reply] = socket_->receive();
    if (received == IcmpSocket::Received::Nothing) return;
    if (received == IcmpSocket::Received::Error) {
      close();
      return;
    }
    if (received == IcmpSocket::Received::Other || reply.echo.token != token_) continue;
    const auto expected = waiting_.find(reply.echo.sequence);
    if (expected == waiting_.end() || target_ != reply.from) continue;
    const auto [question, sent] = expected->second;
    waiting_.erase(expected);
    bytes_ += echo_size(target_.family());
    heard_(question, {.answered = Loop::now() - sent, .words = {}, .http = {}});
  }
}

void IcmpAsker::close() {
  watch_.reset();
  socket_.reset();
}

std::uint16_t IcmpAsker::next_sequence() {
  // Never one that is still waited for.
  do {
    ++last_sequence_;
  } while (waiting_.contains(last_sequence_));
  return last_sequence_;
}

}  // namespace mwan::failover
