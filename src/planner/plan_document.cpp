#include "planner/plan_document.h"

#include <fmt/core.h>

#include <algorithm>

namespace mbe::planner {
namespace {

std::string gib(std::uint64_t bytes) {
  return fmt::format("{:.2f}", static_cast<double>(bytes) / (1024.0 * 1024 * 1024));
}

std::string billions(std::uint64_t number) {
  return fmt::format("{:.1f}", static_cast<double>(number) / 1e9);
}

std::string rate(double value) {
  return value > 0 ? fmt::format("{:.0f}", value) : "–";
}

/// Texts of one report in one language.
class Writer {
 public:
  Writer(const Plan& plan, const Catalog& messages) : plan_(plan), messages_(messages) {}

  template <class... Args>
  [[nodiscard]] std::string say(std::string_view english, const Args&... args) const {
    return messages_.text(english, {fmt::format("{}", args)...});
  }

  [[nodiscard]] std::string verdict_sentence() const {
    const auto taken = gib(plan_.device_bytes), there = gib(plan_.device.memory_bytes);
    switch (plan_.verdict) {
      case Verdict::fits:
        return say("It fits: {} GiB of {} GiB are taken.", taken, there);
      case Verdict::tight:
        return say("It just fits: {} GiB of {} GiB are taken, less than 5 % stays free.", taken,
                   there);
      case Verdict::too_large:
        return say("It does not fit: {} GiB are needed, {} GiB are there.", taken, there);
    }
    return {};
  }

  [[nodiscard]] report::Section verdict() const {
    report::Section section{.heading = say("Verdict"), .paragraphs = {verdict_sentence()}};
    if (plan_.verdict != Verdict::too_large) {
      section.paragraphs.push_back(
          say("With these caches, up to {} tokens of context fit.", plan_.context_largest));
    } else if (plan_.nearest.empty()) {
      section.paragraphs.push_back(
          say("No context is small enough: take fewer models, smaller ones, or more memory."));
    }
    for (const Alternative& setting : plan_.nearest) {
      section.paragraphs.push_back(say("Nearest that fits: {} tokens of context with {} caches.",
                                       setting.context_tokens, kv_name(setting.kv)));
    }
    return section;
  }

  [[nodiscard]] report::Section memory() const {
    const bool gpu = plan_.device.gpu;
    report::Section section{.heading = say("Memory, GiB")};
    auto& [columns, rows] = section.table;
    columns = {
        {say("model")}, {say("weights"), true}, {say("cache"), true}, {say("compute"), true}};
    if (gpu) columns.push_back({say("driver"), true});
    columns.push_back({gpu ? say("card") : say("process"), true});
    columns.push_back({gpu ? say("machine") : say("together"), true});
    columns.push_back({say("disk"), true});
    for (std::size_t i = 0; i < plan_.models.size(); ++i) {
      const Needs& needs = plan_.needs[i];
      std::vector<std::string> row = {plan_.models[i].name, gib(needs.weights), gib(needs.kv),
                                      gib(needs.compute)};
      if (gpu) row.push_back(gib(needs.runtime));
      row.push_back(gib(gpu ? needs.device() : needs.host()));
      row.push_back(gib(gpu ? needs.host() : needs.device() + needs.host()));
      row.push_back(gib(needs.disk));
      rows.push_back(std::move(row));
    }
    if (plan_.models.size() > 1) {
      std::vector<std::string> sum(columns.size());
      sum[0] = say("all");
      sum[columns.size() - 2] = gib(gpu ? plan_.host_bytes : plan_.device_bytes);
      if (gpu) sum[columns.size() - 3] = gib(plan_.device_bytes);
      sum.back() = gib(plan_.disk_bytes);
      rows.push_back(std::move(sum));
    }
    return section;
  }

  [[nodiscard]] report::Section models() const {
    report::Section section{.heading = say("Models")};
    section.table.columns = {{say("model")},        {say("type")},
                             {say("network")},      {say("10⁹ numbers"), true},
                             {say("layers"), true}, {say("context"), true},
                             {say("words"), true},  {say("tokenizer")},
                             {say("chat template")}};
    for (const ModelProfile& model : plan_.models) {
      section.table.rows.push_back(
          {model.name, model.type, model.architecture, billions(model.parameters),
           std::to_string(model.layers.size()), std::to_string(model.context_tokens),
           std::to_string(model.vocabulary), model.tokenizer.empty() ? "–" : model.tokenizer,
           model.chat_template ? say("inside") : "–"});
    }
    return section;
  }

  [[nodiscard]] report::Section speed() const {
    report::Section section{.heading = say("Speed, tokens a second at most")};
    section.table.columns = {{say("model")}, {say("alone"), true}};
    for (std::size_t i = 0; i < plan_.models.size(); ++i) {
      section.table.rows.push_back({plan_.models[i].name, rate(plan_.needs[i].tokens_per_second)});
    }
    if (plan_.models.size() > 1) {
      section.table.rows.push_back(
          {say("each, if all answer at once"), rate(plan_.tokens_per_second_together)});
    }
    section.paragraphs = {
        plan_.device.bandwidth_gbs > 0
            ? say("A ceiling from {} GB/s of memory bandwidth; half to two thirds of it is usual.",
                  plan_.device.bandwidth_gbs)
            : say("The bandwidth of the memory is not known; --bandwidth tells it in GB/s.")};
    return section;
  }

  [[nodiscard]] report::Section assumptions() const {
    report::Section section{.heading = say("Assumed")};
    auto& lines = section.paragraphs;
    lines.push_back(
        say("llama.cpp's server with flash attention, {} tokens computed at once, one "
            "process a model.",
            plan_.settings.batch_tokens));
    if (plan_.device.gpu) {
      lines.push_back(say("All layers on the card; half a GiB a process for the driver."));
    }
    for (const ModelProfile& model : plan_.models) {
      if (!model.known) {
        lines.push_back(
            say("{}: the network `{}` is not known to the plan; the numbers may be off.",
                model.name, model.architecture));
      }
      if (model.context_tokens > 0 && plan_.settings.context_tokens > model.context_tokens) {
        lines.push_back(say("{} was made for {} tokens of context; beyond that it gets worse.",
                            model.name, model.context_tokens));
      }
    }
    return section;
  }

  [[nodiscard]] std::string subtitle() const {
    return say("{} · {} GiB · {} tokens of context each · {} caches · answers at once: {}",
               plan_.device.name, gib(plan_.device.memory_bytes), plan_.settings.context_tokens,
               kv_name(plan_.settings.kv), plan_.settings.parallel);
  }

 private:
  const Plan& plan_;
  const Catalog& messages_;
};

std::string verdict_word(Verdict verdict, const Catalog& messages) {
  switch (verdict) {
    case Verdict::fits:
      return messages.text("fits");
    case Verdict::tight:
      return messages.text("just fits");
    case Verdict::too_large:
      return messages.text("does not fit");
  }
  return {};
}

}  // namespace

report::Document describe_plan(const Plan& plan, const Catalog& messages,
                               const std::string& language) {
  const Writer writer(plan, messages);
  return {.title = writer.say("Resource plan"),
          .subtitle = writer.subtitle(),
          .language = language,
          .sections = {writer.verdict(), writer.memory(), writer.models(), writer.speed(),
                       writer.assumptions()}};
}

Result<report::Document> describe_grid(const std::vector<ModelProfile>& models,
                                       const Settings& settings, const Device& device,
                                       const Catalog& messages, const std::string& language) {
  report::Section section{.heading = messages.text("Memory by context and cache")};
  std::string names;
  for (const ModelProfile& model : models) names += (names.empty() ? "" : " · ") + model.name;
  section.paragraphs = {names};
  section.table.columns = {{messages.text("context tokens each"), true}};
  for (const KvType kv : {KvType::f16, KvType::q8_0}) {
    section.table.columns.push_back(
        {messages.text("GiB with {}", {std::string(kv_name(kv))}), true});
    section.table.columns.push_back({messages.text("verdict")});
  }
  for (const std::uint64_t context : {4'096U, 8'192U, 16'384U, 32'768U}) {
    std::vector<std::string> row = {std::to_string(context)};
    for (const KvType kv : {KvType::f16, KvType::q8_0}) {
      Settings one = settings;
      one.context_tokens = context;
      one.kv = kv;
      MBE_ASSIGN(const Plan plan, make_plan(models, one, device));
      row.push_back(gib(plan.device_bytes));
      row.push_back(verdict_word(plan.verdict, messages));
    }
    section.table.rows.push_back(std::move(row));
  }
  return report::Document{
      .title = messages.text("Resource plan"),
      .subtitle = fmt::format("{} · {} GiB", device.name, gib(device.memory_bytes)),
      .language = language,
      .sections = {std::move(section)}};
}

}  // namespace mbe::planner
