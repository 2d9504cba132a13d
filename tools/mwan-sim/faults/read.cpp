// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/faults/read.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tools/mwan-sim/faults/catalogue.hpp"

namespace mwan::sim {
namespace {

// "a|b"
std::vector<std::string> split_choices(std::string_view text) {
  std::vector<std::string> out;
  for (auto bar = text.find('|'); bar != std::string_view::npos; bar = text.find('|')) {
    out.emplace_back(text.substr(0, bar));
    text.remove_prefix(bar + 1);
  }
  out.emplace_back(text);
  return out;
}

template <class T, class V>
Read<void> store_argument(std::optional<T>& field, const Read<V>& value) {
  if (!value) return wrong(value.error());
  field = static_cast<T>(*value);
  return {};
}

Read<std::string> one_of(const std::string& value, std::string_view choices) {
  for (const std::string& choice : split_choices(choices)) {
    if (choice == value) return value;
  }
  return wrong(fmt::format("\"{}\" is none of: {}", value, choices));
}

// form: what the catalogue says after the equals sign.
Read<void> apply(FaultArgs& args, const Pair& pair, std::string_view form) {
  constexpr std::uint32_t kMost = 1000000;
  if (pair.key == "times") return store_argument(args.times, read_count(pair.value, 1, kMost));
  if (pair.key == "time") return store_argument(args.time, read_duration(pair.value));
  if (pair.key == "gap") return store_argument(args.gap, read_duration(pair.value));
  if (pair.key == "for") return store_argument(args.lasts, read_duration(pair.value));
  if (pair.key == "cause") return store_argument(args.cause, read_count(pair.value, 1, 255));
  if (pair.key == "what") return store_argument(args.what, one_of(pair.value, form));
  if (pair.key == "apn") {
    args.apn = pair.value;
    return {};
  }
  if (pair.key == "on") {
    if (const auto message = read_message(pair.value); !message) return wrong(message.error());
    args.on = pair.value;
    return {};
  }
  return wrong("is not known");
}

struct Form {
  std::string key;
  std::string value;
};

std::vector<Form> forms_of(const FaultInfo& info) {
  std::vector<Form> forms;
  for (const std::string& word : split_words(info.args)) {
    const auto equals = word.find('=');
    forms.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return forms;
}

}  // namespace

Read<Fault> read_fault_name(std::string_view name) {
  const FaultInfo* info = find_fault(name);
  if (info == nullptr) {
    return wrong(fmt::format("unknown fault \"{}\"; \"mwan-sim --list-faults\" names them", name));
  }
  if (!info->played_here) {
    return wrong(
        fmt::format("fault {} cannot be played over a control socket. {}", name, info->how));
  }
  return info->fault;
}

Read<FaultOrder> read_fault(std::span<const std::string> words) {
  if (words.empty()) return wrong("fault needs a name; \"mwan-sim --list-faults\" names them");
  const auto fault = read_fault_name(words.front());
  if (!fault) return wrong(fault.error());
  FaultOrder order{*fault, {}};
  const auto forms = forms_of(info_of(*fault));
  for (const Form& form : forms) {
    if (form.value.empty()) continue;
    const std::string first = split_choices(form.value).front();
    const auto applied = apply(order.args, {form.key, first}, form.value);
    if (!applied) return wrong(fmt::format("{}: {}", form.key, applied.error()));
  }
  for (const std::string& word : words.subspan(1)) {
    const auto pair = read_pair(word);
    if (!pair) return wrong(pair.error());
    const auto form = std::ranges::find(forms, pair->key, &Form::key);
    if (form == forms.end() && pair->key != "for") {
      return wrong(fmt::format("fault {} takes no \"{}\"", words.front(), pair->key));
    }
    const auto applied = apply(order.args, *pair, form == forms.end() ? "" : form->value);
    if (!applied) return wrong(fmt::format("{}: {}", pair->key, applied.error()));
  }
  return order;
}

Read<FaultOrder> read_fault(std::string_view text) { return read_fault(split_words(text)); }

Read<StepAction> read_begin_fault(std::span<const std::string> words) {
  auto order = read_fault(words);
  if (!order) return wrong(order.error());
  return step::BeginFault{std::move(*order)};
}

Read<StepAction> read_end_fault(std::span<const std::string> words) {
  if (words.size() != 1) return wrong("end-fault needs the name of one fault");
  const auto fault = read_fault_name(words.front());
  if (!fault) return wrong(fault.error());
  return step::EndFault{*fault};
}

Read<void> add_fault(Scenario& scenario, std::string_view text) {
  const auto sign = text.rfind('@');
  auto order = read_fault(text.substr(0, sign));
  if (!order) return wrong(order.error());
  if (sign == std::string_view::npos) {
    scenario.initial.emplace_back(step::BeginFault{std::move(*order)});
    return {};
  }
  const auto at = read_duration(text.substr(sign + 1));
  if (!at) return wrong(at.error());
  Step step;
  step.at = *at;
  step.until = *at;
  step.action = step::BeginFault{std::move(*order)};
  step.text = "fault " + std::string(text.substr(0, sign));
  if (scenario.parts.empty()) scenario.parts.emplace_back();
  auto& part = scenario.parts.front();
  part.push_back(std::move(step));
  std::ranges::stable_sort(part, {}, &Step::at);
  return {};
}

std::string fault_text(const FaultOrder& order) {
  const FaultArgs& args = order.args;
  std::string out(info_of(order.fault).name);
  const auto ms = [](Duration time) { return fmt::format("{}ms", to_ms(time)); };
  if (args.times) out += fmt::format(" times={}", *args.times);
  if (args.time) out += " time=" + ms(*args.time);
  if (args.gap) out += " gap=" + ms(*args.gap);
  if (args.cause) out += fmt::format(" cause={}", *args.cause);
  if (args.on) out += " on=" + *args.on;
  if (args.apn) out += " apn=" + *args.apn;
  if (args.what) out += " what=" + *args.what;
  if (args.lasts) out += " for=" + ms(*args.lasts);
  return out;
}

}  // namespace mwan::sim
