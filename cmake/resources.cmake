# The project's data files are found at run time beside the program (src/base/resources.h): a build
# tree links to the sources, so that an edited lexicon needs no build (an installation gets a copy:
# install.cmake).
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/data ${PROJECT_BINARY_DIR}/share/mbe SYMBOLIC)
