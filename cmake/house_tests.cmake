# The house rules as tests (tools/): budgets, layers, examples, and the tests of these checks.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(house_test name)
  add_test(NAME house.${name} COMMAND ${Python3_EXECUTABLE} -B ${ARGN}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/tools)
endfunction()

house_test(tidy tidy --build ${PROJECT_BINARY_DIR})
house_test(layers check_layers.py)
house_test(snippets check_snippets.py)
house_test(checks tidy_test.py)
