// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs of a scenario's steps.
#include <functional>
#include <map>
#include <span>

#include <fmt/format.h>

#include "tools/mwan-sim/faults/read.hpp"
#include "tools/mwan-sim/scenario/words.hpp"

namespace mwan::sim {
namespace {

using Words = std::span<const std::string>;

// Puts the first or the second value of each "a->b" in force; tells whether there was any.
std::vector<std::string> one_side(Words words, bool end, bool& ramps) {
  std::vector<std::string> out;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const auto arrow = word.find("->");
    if (equals == std::string::npos || arrow == std::string::npos || arrow < equals) {
      out.push_back(word);
      continue;
    }
    ramps = true;
    const std::string value =
        end ? word.substr(arrow + 2) : word.substr(equals + 1, arrow - equals - 1);
    out.push_back(word.substr(0, equals + 1) + value);
  }
  return out;
}

Read<void> nothing_more(Words words) {
  if (words.empty()) return {};
  return wrong(fmt::format("\"{}\" is one word too many", words.front()));
}

// Reads KEY=VALUE words; use returns false for a key it does not know.
Read<void> each_pair(Words words, const std::function<Read<bool>(const Pair&)>& use) {
  for (const std::string& word : words) {
    const auto pair = read_pair(word);
    if (!pair) return wrong(pair.error());
    const auto used = use(*pair);
    if (!used) return wrong(fmt::format("{}: {}", pair->key, used.error()));
    if (!*used) return wrong(fmt::format("unknown word \"{}\"", pair->key));
  }
  return {};
}

template <class T, class V>
Read<bool> store(T& field, const Read<V>& value) {
  if (!value) return wrong(value.error());
  field = static_cast<V>(*value);
  return true;
}

Read<bool> read_level(step::Levels& levels, const Pair& pair) {
  if (pair.key == "rssi") return store(levels.rssi_dbm, read_number(pair.value, -130, 0));
  if (pair.key == "rsrp" || pair.key == "rscp") {
    return store(levels.rsrp_dbm, read_number(pair.value, -160, -20));
  }
  if (pair.key == "rsrq" || pair.key == "ecio") {
    return store(levels.rsrq_db, read_number(pair.value, -45, 25));
  }
  if (pair.key == "sinr") return store(levels.sinr_db, read_number(pair.value, -30, 50));
  return false;
}

const std::map<std::string, Tech>& techs() {
  static const std::map<std::string, Tech> table = {
      {"lte", Tech::Lte}, {"nr", Tech::Nr}, {"umts", Tech::Umts}, {"gsm", Tech::Gsm}};
  return table;
}

Read<StepAction> read_signal(Words words) {
  if (words.empty() || !techs().contains(words.front())) {
    return wrong("signal of what: lte, nr, umts or gsm?");
  }
  step::Signal signal{techs().at(words.front()), {}};
  if (words.size() == 1) return wrong("no level given (rssi, rsrp, rsrq, sinr)");
  const auto read = each_pair(words.subspan(1),
                              [&](const Pair& pair) { return read_level(signal.levels, pair); });
  if (!read) return wrong(read.error());
  return signal;
}

Read<StepAction> read_rat(Words words) {
  const std::map<std::string, Rat> rats = {{"lte", Rat::Lte},
                                           {"lte+nr", Rat::NrNsa},
                                           {"nr", Rat::NrSa},
                                           {"umts", Rat::Umts},
                                           {"gsm", Rat::Gsm}};
  if (words.size() != 1 || !rats.contains(words.front())) {
    return wrong("rat is one of lte, lte+nr, nr, umts, gsm");
  }
  return step::UseRat{rats.at(words.front())};
}

Read<bool> read_identity(ServingCell& cell, const Pair& pair) {
  if (pair.key == "pci") return store(cell.pci, read_count(pair.value, 0, 1007));
  if (pair.key == "arfcn") return store(cell.arfcn, read_count(pair.value, 0, 3279165));
  if (pair.key == "tac") return store(cell.tac, read_count(pair.value, 0, 0xFFFFFF));
  if (pair.key == "ci") return store(cell.cell_id, read_count(pair.value, 0, 0xFFFFFFF));
  return false;
}

Read<bool> read_neighbour_word(NeighbourCell& cell, const Pair& pair) {
  if (pair.key == "rat") {
    const auto tech = techs().find(pair.value);
    if (tech == techs().end()) return wrong("a neighbour's rat is one of lte, nr, umts, gsm");
    cell.tech = tech->second;
    return true;
  }
  if (pair.key == "pci") return store(cell.pci, read_count(pair.value, 0, 1007));
  if (pair.key == "arfcn") return store(cell.arfcn, read_count(pair.value, 0, 3279165));
  step::Levels levels;
  auto read = read_level(levels, pair);
  if (levels.rsrp_dbm) cell.rsrp_dbm = levels.rsrp_dbm;
  if (levels.rsrq_db) cell.rsrq_db = levels.rsrq_db;
  return read;
}

Read<StepAction> read_cells(Words words) {
  step::Cells cells;
  while (!words.empty()) {
    const bool serving = words.front() == "serving";
    if (!serving && words.front() != "neighbour") {
      return wrong(fmt::format("expected serving or neighbour, not \"{}\"", words.front()));
    }
    words = words.subspan(1);
    std::size_t count = 0;
    while (count < words.size() && words[count].find('=') != std::string::npos) ++count;
    if (serving) cells.serving = ServingCell{};
    if (!serving)
      cells.neighbours.push_back({0, cells.serving.value_or(ServingCell{}).arfcn, {}, {}});
    const auto read = each_pair(words.first(count), [&](const Pair& pair) {
      return serving ? read_identity(*cells.serving, pair)
                     : read_neighbour_word(cells.neighbours.back(), pair);
    });
    if (!read) return wrong(read.error());
    words = words.subspan(count);
  }
  constexpr std::size_t kMostCells = 32;
  if (cells.neighbours.size() > kMostCells) return wrong("more than 32 neighbours");
  return cells;
}

Read<StepAction> read_neighbour(Words words) {
  step::Neighbour neighbour;
  bool named = false;
  const auto read = each_pair(words, [&](const Pair& pair) -> Read<bool> {
    if (pair.key != "pci") return read_level(neighbour.levels, pair);
    named = true;
    return store(neighbour.pci, read_count(pair.value, 0, 1007));
  });
  if (!read) return wrong(read.error());
  if (!named) return wrong("a neighbour needs its pci");
  return neighbour;
}

Read<StepAction> read_registration(Words words) {
  const std::map<std::string, RegistrationState> answers = {
      {"searching", RegistrationState::Searching},
      {"home", RegistrationState::Home},
      {"roaming", RegistrationState::Roaming},
      {"denied", RegistrationState::Denied}};
  if (words.empty() || !answers.contains(words.front())) {
    return wrong("registration is one of searching, home, roaming, denied");
  }
  step::Coverage coverage{answers.at(words.front()), std::nullopt};
  const auto read = each_pair(words.subspan(1), [&](const Pair& pair) -> Read<bool> {
    if (pair.key != "cause" || coverage.answer != RegistrationState::Denied) return false;
    return store(coverage.cause, read_count(pair.value, 0, 255));
  });
  if (!read) return wrong(read.error());
  if (coverage.answer == RegistrationState::Denied && !coverage.cause) {
    return wrong("denied needs a cause (like cause=15)");
  }
  return coverage;
}

Read<StepAction> read_packet_service(Words words) {
  if (words.size() != 1 || (words.front() != "attach" && words.front() != "detach")) {
    return wrong("packet-service is attach or detach");
  }
  return step::PacketServiceOffer{words.front() == "attach"};
}

Read<StepAction> read_bearer(Words words) {
  if (words.empty() || words.front() != "drop") return wrong("only \"bearer drop\" is known");
  step::DropBearer drop;
  const auto read = each_pair(words.subspan(1), [&](const Pair& pair) -> Read<bool> {
    if (pair.key == "cause") return store(drop.cause, read_count(pair.value, 1, 255));
    if (pair.key != "family") return false;
    if (pair.value != "ipv4" && pair.value != "ipv6") {
      return wrong(fmt::format("\"{}\" is neither ipv4 nor ipv6", pair.value));
    }
    drop.family = pair.value == "ipv4" ? IpFamily::V4 : IpFamily::V6;
    return true;
  });
  if (!read) return wrong(read.error());
  return drop;
}

Read<StepAction> read_refuse(Words words) {
  step::RefuseConnect refuse;
  const auto read = each_pair(words, [&](const Pair& pair) -> Read<bool> {
    if (pair.key != "cause") return false;
    return store(refuse.cause, read_count(pair.value, 1, 255));
  });
  if (!read) return wrong(read.error());
  if (!refuse.cause) return wrong("refuse-connect needs a cause (like cause=27)");
  return refuse;
}

Read<StepAction> read_renumber(Words words) {
  step::Renumber renumber;
  bool addressed = false;
  const auto read = each_pair(words, [&](const Pair& pair) -> Read<bool> {
    if (pair.key == "ipv4" || pair.key == "ipv6") {
      if (addressed) return wrong("one address at a time");
      addressed = true;
      renumber.family = pair.key == "ipv4" ? IpFamily::V4 : IpFamily::V6;
      return store(renumber.plan.address, read_prefix(pair.value, renumber.family));
    }
    // What follows is of the family that the address has.
    if (!addressed) return wrong("comes after ipv4= or ipv6=ADDRESS/LENGTH");
    if (pair.key == "gateway") {
      return store(renumber.plan.gateway, read_address(pair.value, renumber.family));
    }
    if (pair.key == "dns")
      return store(renumber.plan.dns, read_addresses(pair.value, renumber.family));
    return false;
  });
  if (!read) return wrong(read.error());
  if (!addressed || renumber.plan.gateway.is_unspecified()) {
    return wrong("renumber needs ipv4= or ipv6=ADDRESS/LENGTH first, then gateway=");
  }
  return renumber;
}

Read<StepAction> read_sim(Words words) {
  if (words.size() != 1 || (words.front() != "insert" && words.front() != "remove")) {
    return wrong("sim is insert or remove");
  }
  return step::SimCard{words.front() == "insert"};
}

Read<StepAction> read_fail(Words words) {
  if (words.empty()) return wrong("fail-on needs a message");
  const auto message = read_message(words.front());
  if (!message) return wrong(message.error());
  step::FailOn fail{*message, 0, 0};
  const auto read = each_pair(words.subspan(1), [&](const Pair& pair) -> Read<bool> {
    if (pair.key == "error") return store(fail.error, read_count(pair.value, 1, 0xFFFF));
    if (pair.key == "times") return store(fail.times, read_count(pair.value, 1, 1000000));
    return false;
  });
  if (!read) return wrong(read.error());
  if (fail.error == 0) return wrong("fail-on needs an error (like error=3)");
  return fail;
}

Read<StepAction> read_hang_on(Words words) {
  if (words.size() != 1) return wrong("hang-on needs one message");
  const auto message = read_message(words.front());
  if (!message) return wrong(message.error());
  return step::Hang{*message};
}

Read<StepAction> read_die_on(Words words) {
  if (words.size() != 1) return wrong("die-on needs one message");
  const auto message = read_message(words.front());
  if (!message) return wrong(message.error());
  return step::DieOn{*message};
}

Read<StepAction> read_replay(Words words) {
  if (words.size() != 1) return wrong("replay needs one file, a recording of mwan-modem");
  return step::Replay{words.front(), nullptr};
}

using Reader = std::function<Read<StepAction>(Words)>;

Reader plain(const StepAction& action) {
  return [action](Words words) -> Read<StepAction> {
    const auto end = nothing_more(words);
    if (!end) return wrong(end.error());
    return action;
  };
}

const std::map<std::string, Reader>& verbs() {
  static const std::map<std::string, Reader> table = {
      {"signal", read_signal},
      {"rat", read_rat},
      {"cells", read_cells},
      {"neighbour", read_neighbour},
      {"registration", read_registration},
      {"packet-service", read_packet_service},
      {"bearer", read_bearer},
      {"refuse-connect", read_refuse},
      {"accept-connect", plain(step::RefuseConnect{})},
      {"renumber", read_renumber},
      {"sim", read_sim},
      {"hang", plain(step::Hang{})},
      {"hang-on", read_hang_on},
      {"resume", plain(step::Resume{})},
      {"fail-on", read_fail},
      {"die-on", read_die_on},
      {"die", plain(step::Die{})},
      {"unplug", plain(step::Unplug{})},
      {"plug", plain(step::Plug{})},
      {"fault", read_begin_fault},
      {"end-fault", read_end_fault},
      {"replay", read_replay},
      {"loop", plain(step::Repeat{})},
      {"mark", [](Words) -> Read<StepAction> { return step::Mark{}; }},
  };
  return table;
}

}  // namespace

Read<ReadAction> read_action(const std::vector<std::string>& words, bool ramp) {
  if (words.empty()) return wrong("nothing to do is given");
  const auto verb = verbs().find(words.front());
  if (verb == verbs().end()) {
    return wrong(fmt::format("unknown step \"{}\"", words.front()));
  }
  ReadAction read;
  const Words rest = Words(words).subspan(1);
  if (verb->first == "mark") {
    if (ramp) return wrong("only signal and neighbour can be ramped");
    read.start = step::Mark{};
    return read;
  }
  auto start = verb->second(one_side(rest, false, read.ramps));
  auto end = verb->second(one_side(rest, true, read.ramps));
  if (!start) return wrong(start.error());
  if (!end) return wrong(end.error());
  if (read.ramps != ramp) {
    return wrong(ramp ? "a ramp needs a value like rsrp=-95->-125"
                      : "a->b is for ramps (ramp 4s..10s ...)");
  }
  const bool can_ramp = std::holds_alternative<step::Signal>(*start) ||
                        std::holds_alternative<step::Neighbour>(*start);
  if (ramp && !can_ramp) return wrong("only signal and neighbour can be ramped");
  if (const auto* neighbour = std::get_if<step::Neighbour>(&*start);
      neighbour != nullptr && neighbour->pci != std::get<step::Neighbour>(*end).pci) {
    return wrong("a pci cannot be ramped, only levels");
  }
  read.start = std::move(*start);
  read.end = std::move(*end);
  return read;
}

}  // namespace mwan::sim
