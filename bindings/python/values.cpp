#include "values.h"

#include <string>
#include <unordered_map>

namespace nb = nanobind;

namespace mbe::python {

namespace {

std::string text_of(nb::handle value) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
  if (bytes == nullptr) throw nb::python_error();
  return {bytes, static_cast<std::size_t>(size)};
}

Json number_of(nb::handle value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  if (overflow != 0) throw nb::value_error("a whole number has at most 64 bits");
  if (number == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
  return number;
}

Json json_at(nb::handle value, int depth);

Json items_of(nb::handle value, int depth) {
  Json out = Json::array();
  for (const nb::handle item : value) out.push_back(json_at(item, depth));
  return out;
}

Json members_of(nb::handle value, int depth) {
  Json out = Json::object();
  PyObject* key = nullptr;
  PyObject* member = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(value.ptr(), &at, &key, &member) != 0;) {
    if (PyUnicode_Check(key) == 0) throw nb::type_error("the names of a dict must be str");
    if (member != Py_None) out[text_of(key)] = json_at(member, depth);
  }
  return out;
}

Json json_at(nb::handle value, int depth) {
  if (depth > depth_max) throw nb::value_error("the arguments are nested deeper than 64");
  PyObject* const object = value.ptr();
  if (object == Py_None) return nullptr;
  if (PyBool_Check(object)) return object == Py_True;
  if (PyUnicode_Check(object)) return text_of(value);
  if (PyLong_Check(object)) return number_of(value);
  if (PyFloat_Check(object)) return PyFloat_AS_DOUBLE(object);
  if (PyDict_Check(object)) return members_of(value, depth + 1);
  if (PyList_Check(object) || PyTuple_Check(object)) return items_of(value, depth + 1);
  const std::string type = nb::type_name(value.type()).c_str();
  throw nb::type_error(("an argument cannot be a " + type).c_str());
}

PyObject* checked(PyObject* made) {
  if (made == nullptr) throw nb::python_error();
  return made;
}

nb::object text_value(const std::string& text) {
  // What is sealed is UTF-8; anything else would be damage, and is shown as such.
  return nb::steal(
      checked(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace")));
}

/// Names of members: the same few hundred again and again.
nb::handle name_value(const std::string& name) {
  constexpr std::size_t names_max = 4'096;
  // Never destroyed: the interpreter may be gone before.
  static auto& names = *new std::unordered_map<std::string, PyObject*>;
  if (const auto found = names.find(name); found != names.end()) return found->second;
  PyObject* made =
      checked(PyUnicode_DecodeUTF8(name.data(), static_cast<Py_ssize_t>(name.size()), "replace"));
  PyUnicode_InternInPlace(&made);
  if (names.size() >= names_max) names.clear();  // their objects stay: they are interned
  names.emplace(name, made);
  return made;
}

}  // namespace

Json json_of(nb::handle value) {
  return json_at(value, 0);
}

nb::object value_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return nb::bool_(json.get<bool>());
    case Json::value_t::string:
      return text_value(json.get_ref<const std::string&>());
    case Json::value_t::number_integer:
      return nb::steal(checked(PyLong_FromLongLong(json.get<long long>())));
    case Json::value_t::number_unsigned:
      return nb::steal(checked(PyLong_FromUnsignedLongLong(json.get<unsigned long long>())));
    case Json::value_t::number_float:
      return nb::steal(checked(PyFloat_FromDouble(json.get<double>())));
    case Json::value_t::array: {
      nb::object out = nb::steal(checked(PyList_New(static_cast<Py_ssize_t>(json.size()))));
      Py_ssize_t at = 0;
      for (const Json& item : json)
        PyList_SET_ITEM(out.ptr(), at++, value_of(item).release().ptr());
      return out;
    }
    case Json::value_t::object: {
      nb::object out = nb::steal(checked(PyDict_New()));
      for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) {
        const nb::object value = value_of(member);
        if (PyDict_SetItem(out.ptr(), name_value(name).ptr(), value.ptr()) != 0) {
          throw nb::python_error();
        }
      }
      return out;
    }
    default:
      return nb::none();
  }
}

}  // namespace mbe::python
