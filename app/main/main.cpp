#include "program.h"

int main(int argc, char** argv) {
  return mbe::app::run_program(argc, argv);
}
