/* Remembers two things, recalls one, makes a prompt, forgets: remember HOME */
#include <stdio.h>
#include <string.h>

#include "mbe.h"

// [report]
/* Prints what a call gave, as result or as error, and gives the text back. */
static int report(mbe_code code, char *answer) {
  FILE *where = code == MBE_OK ? stdout : stderr;
  fprintf(where, "%s: %s\n", mbe_code_name(code), answer == NULL ? "" : answer);
  mbe_free(answer);
  return code == MBE_OK ? 0 : 1;
}
// [/report]

int main(int argc, char **argv) {
  char options[4200];
  mbe_memory memory = 0;
  char *answer = NULL;
  int failed = 0;

  if (argc != 2 || strlen(argv[1]) > 4000 || strpbrk(argv[1], "\"\\") != NULL) {
    fprintf(stderr, "usage: remember HOME\n");
    return 2;
  }
  if (mbe_abi_version() != MBE_ABI_VERSION) {
    fprintf(stderr, "libmbe is of another version: %s\n", mbe_version());
    return 1;
  }
  snprintf(options, sizeof options, "{\"home\": \"%s\", \"language\": \"en\"}", argv[1]);

  // [use]
  mbe_code code = mbe_open(options, &memory, &answer);
  if (report(code, answer) != 0) return 1;

  code = mbe_remember(memory, "{\"text\": \"마지막으로 진행했던 프로젝트가 망했다\"}", &answer);
  failed += report(code, answer);
  code = mbe_remember(memory, "{\"text\": \"I am allergic to walnuts\", \"kind\": \"fact\"}",
                      &answer);
  failed += report(code, answer);

  code = mbe_recall(memory, "{\"cue\": \"그 프로젝트 어떻게 됐지?\", \"top_k\": 1}", &answer);
  failed += report(code, answer);
  code = mbe_compose(memory, "{\"input\": \"what can I eat?\", \"budget_tokens\": 400}", &answer);
  failed += report(code, answer);

  /* Forgetting is final; the count says that one knows what goes. */
  code = mbe_forget(memory, "{\"blocks\": [1], \"count\": 1}", &answer);
  failed += report(code, answer);
  /* Every other operation goes by its name: docs/operations.md. */
  code = mbe_call(memory, NULL, "verify", NULL, &answer);
  failed += report(code, answer);

  mbe_close(memory);
  // [/use]
  return failed == 0 ? 0 : 1;
}
