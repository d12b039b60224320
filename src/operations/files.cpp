#include "operations/common_fields.h"
#include "operations/groups.h"
#include "operations/memory_files.h"
#include "operations/shapes.h"

namespace mbe {

namespace {

struct ViewRequest {
  std::string path;
  std::uint64_t from_line = 0, until_line = 0;
};

Json answer_shape() {
  return object_shape({{"content", text_shape()}, {"is_error", flag_shape()}});
}

Result<Json> told(const Result<FileAnswer>& answer) {
  if (!answer.ok()) return answer.error();
  return Json{{"content", answer->content}, {"is_error", answer->is_error}};
}

Operation file_view() {
  Fields<ViewRequest> fields;
  fields.add("path", &ViewRequest::path, "below /memories", given_text())
      .required()
      .add("from_line", &ViewRequest::from_line, "a file's first line to show, from 1")
      .add("until_line", &ViewRequest::until_line, "its last; 0: to the end");
  return operation(
      {.name = "file_view",
       .group = "Files",
       .summary = "a file of a memory tool by lines, or what is in its folder",
       .errors = {ErrorCode::limit}},
      fields, answer_shape(), [](Call& call, const ViewRequest& request) -> Result<Json> {
        return told(MemoryFiles(call).view(request.path, request.from_line, request.until_line));
      });
}

Operation file_edit() {
  using R = FileEdit;
  const Bounds text = {.max = text_bytes, .choices = {}};
  Fields<R> fields;
  fields
      .add("command", &R::command, "what to do",
           {.choices = {"create", "str_replace", "insert", "delete", "rename"}})
      .required()
      .add("path", &R::path, "of the file; delete: or folder", text)
      .add("file_text", &R::file_text, "create: what stands in it", text)
      .add("old_str", &R::old_str, "str_replace: a text that stands there once", text)
      .add("new_str", &R::new_str, "str_replace: what takes its place", text)
      .add("insert_line", &R::insert_line, "insert: after this line; 0: before the first")
      .add("insert_text", &R::insert_text, "insert: what", text)
      .add("old_path", &R::old_path, "rename: of a file or folder", text)
      .add("new_path", &R::new_path, "rename: where nothing is yet", text);
  return operation({.name = "file_edit",
                    .group = "Files",
                    .summary = "create, change, rename or hide files of a memory tool",
                    .effect = Effect::write,
                    .errors = {ErrorCode::limit, ErrorCode::denied, ErrorCode::busy}},
                   fields, answer_shape(), [](Call& call, const FileEdit& request) -> Result<Json> {
                     return told(MemoryFiles(call).edit(request));
                   });
}

}  // namespace

std::vector<Operation> file_operations() {
  return {file_view(), file_edit()};
}

}  // namespace mbe
