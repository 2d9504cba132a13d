// SPDX-License-Identifier: LGPL-2.1-or-later
// docs/states.md shows the table of transitions as it is.
#include <fstream>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "failover/core/state.hpp"
#include "tests/generated_document.hpp"

namespace mwan::failover {
namespace {

std::string text_of(std::string_view text) { return std::string(text); }

// One arrow for all that leads from one state to another.
std::string picture() {
  std::string out = "```mermaid\nstateDiagram-v2\n    [*] --> Initializing\n";
  for (int i = 0; i < state_count; ++i) {
    const auto state = static_cast<State>(i);
    if (const auto step = step_of(state)) {
      out += "    " + text_of(name(state)) + " : step " + text_of(name(*step)) + "\n";
    }
  }
  struct Arrow {
    State from;
    State to;
    std::string names;
  };
  std::vector<Arrow> arrows;
  for (const Transition& t : transitions()) {
    bool drawn = false;
    for (Arrow& arrow : arrows) {
      if (arrow.from != t.from || arrow.to != t.to) continue;
      arrow.names += ", " + text_of(name(t.on));
      drawn = true;
    }
    if (!drawn) arrows.push_back({t.from, t.to, text_of(name(t.on))});
  }
  for (const Arrow& arrow : arrows) {
    out += "    " + text_of(name(arrow.from)) + " --> " + text_of(name(arrow.to)) + " : " +
           arrow.names + "\n";
  }
  return out + "```\n";
}

std::string table() {
  std::string out = "| from | by | to |\n| --- | --- | --- |\n";
  std::optional<State> last;
  for (const Transition& t : transitions()) {
    out += "| " + (last == t.from ? "" : text_of(name(t.from)) + " ") + "| " + text_of(name(t.on)) +
           " | " + text_of(name(t.to)) + " |\n";
    last = t.from;
  }
  return out;
}

TEST(StateDocument, ShowsTheTable) {
  expect_document(MWAN_STATES_DOCUMENT, {{"picture", picture()}, {"transitions", table()}});
}

TEST(StateDocument, ExplainsEveryTrigger) {
  std::ifstream in(MWAN_STATES_DOCUMENT);
  std::ostringstream text;
  text << in.rdbuf();
  for (const Transition& t : transitions()) {
    EXPECT_NE(text.str().find("| `" + text_of(name(t.on)) + "` |"), std::string::npos)
        << name(t.on);
  }
}

}  // namespace
}  // namespace mwan::failover
