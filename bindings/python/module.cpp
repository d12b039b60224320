// The native part of the Python package: Door with Python values in and out. A call lets go of the
// interpreter's lock while the engine works. Everything that a person calls is memory_engine/*.py.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>

#include "binding/door.h"
#include "values.h"

namespace nb = nanobind;

namespace mbe::python {
namespace {

using namespace nb::literals;

constexpr auto look_every = std::chrono::milliseconds(100);  ///< for Ctrl-C, during long work

/// Raises memory_engine.errors' class for the code.
[[noreturn]] void raise(const Error& error, const Door* door) {
  const Message next = next_step(error.code());
  const nb::object make = nb::module_::import_("memory_engine.errors").attr("error_of");
  const nb::object raised = make(std::string(error_name(error.code())),
                                 door == nullptr ? error.message() : door->text(error),
                                 door == nullptr ? next.message() : door->text(next));
  PyErr_SetObject(raised.type().ptr(), raised.ptr());
  throw nb::python_error();
}

/// Asks, in long work, whether Ctrl-C was pressed; keeps what was raised until the work has
/// stopped.
class Interrupts {
 public:
  /// False once there is something to raise. Called without the interpreter's lock.
  bool go_on() {
    const auto now = std::chrono::steady_clock::now();
    if (raised_) return false;
    if (now < next_) return true;
    next_ = now + look_every;
    const nb::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() == 0) return true;
    raised_ = std::make_unique<nb::python_error>();
    return false;
  }
  /// With the interpreter's lock.
  void raise() const {
    if (raised_) throw nb::python_error(*raised_);
  }

 private:
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + look_every;
  std::unique_ptr<nb::python_error> raised_;
};

class PythonDoor {
 public:
  PythonDoor(const std::string& home, const std::string& chain, const std::string& language,
             bool read_only, bool background, bool use_server) {
    const DoorOptions options = {.home = home,
                                 .chain = chain,
                                 .language = language,
                                 .read_only = read_only,
                                 .background = background,
                                 .use_server = use_server,
                                 .channel = "python"};
    auto opened = [&] {
      const nb::gil_scoped_release unlocked;
      return Door::open(options);
    }();
    if (!opened.ok()) mbe::python::raise(opened.error(), nullptr);
    door_ = std::move(*opened);
  }

  nb::object call(const std::string& operation, nb::handle arguments, const std::string& chain) {
    const Json given = json_of(arguments);
    Interrupts interrupts;
    const Result<Json> result = [&] {
      const nb::gil_scoped_release unlocked;
      return door_->call(operation, given, chain,
                         [&](std::uint64_t, std::uint64_t) { return interrupts.go_on(); });
    }();
    interrupts.raise();
    if (!result.ok()) mbe::python::raise(result.error(), door_.get());
    return value_of(*result);
  }

  std::vector<std::string> chains() {
    auto names = [&] {
      const nb::gil_scoped_release unlocked;
      return door_->chains();
    }();
    if (!names.ok()) mbe::python::raise(names.error(), door_.get());
    return std::move(*names);
  }

  nb::object models() {
    const auto models = [&] {
      const nb::gil_scoped_release unlocked;
      return door_->models();
    }();
    if (!models.ok()) mbe::python::raise(models.error(), door_.get());
    return value_of(*models);
  }

  nb::object add_model(const std::string& gguf, const std::string& name, const std::string& pooling,
                       const std::string& query_prefix, const std::string& passage_prefix,
                       const std::string& source, const std::string& licence) {
    const AddModelRequest request = {name, query_prefix, passage_prefix, pooling, source, licence};
    const auto model = [&] {
      const nb::gil_scoped_release unlocked;
      return door_->add_model(gguf, request);
    }();
    if (!model.ok()) mbe::python::raise(model.error(), door_.get());
    return value_of(*model);
  }

  [[nodiscard]] bool served() const {
    const nb::gil_scoped_release unlocked;
    return door_->served();
  }
  [[nodiscard]] std::string home() const { return door_->home(); }
  void close() {
    const nb::gil_scoped_release unlocked;
    door_->close();
  }

 private:
  std::shared_ptr<Door> door_;
};

}  // namespace
}  // namespace mbe::python

NB_MODULE(_engine, module) {
  using mbe::python::PythonDoor;
  using namespace nb::literals;
  module.doc() = "The native part of memory_engine.";
  module.def("version", [] { return MBE_VERSION_TEXT; }, "Of the engine.");
  module.def(
      "operations", [] { return mbe::python::value_of(mbe::operations_json()); },
      nb::sig("def operations() -> list[dict[str, typing.Any]]"),
      "The table of operations: name, group, summary, effect, errors, arguments, result of each.");
  nb::class_<PythonDoor>(module, "Door", "A home, and every operation on it by name.")
      .def(nb::init<const std::string&, const std::string&, const std::string&, bool, bool, bool>(),
           "home"_a, "chain"_a, "language"_a, "read_only"_a, "background"_a, "use_server"_a)
      .def("call", &PythonDoor::call, "operation"_a, "arguments"_a, "chain"_a,
           nb::sig("def call(self, operation: str, arguments: dict[str, typing.Any], chain: str) "
                   "-> typing.Any"),
           "The operation's result. An empty chain is the door's own.")
      .def("chains", &PythonDoor::chains, "Names of the chains.")
      .def("models", &PythonDoor::models,
           nb::sig("def models(self) -> list[dict[str, typing.Any]]"),
           "Embedding models at hand, the active one first.")
      .def("add_model", &PythonDoor::add_model, "gguf"_a, "name"_a, "pooling"_a, "query_prefix"_a,
           "passage_prefix"_a, "source"_a, "licence"_a,
           nb::sig("def add_model(self, gguf: str, name: str, pooling: str, query_prefix: str, "
                   "passage_prefix: str, source: str, licence: str) -> dict[str, typing.Any]"),
           "Takes a GGUF embedding model into use.")
      .def_prop_ro("served", &PythonDoor::served, "Whether a server answers for this home.")
      .def_prop_ro("home", &PythonDoor::home, "The folder of the home.")
      .def("close", &PythonDoor::close, "Lets go of the home.");
}
