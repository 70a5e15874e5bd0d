#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include <stdbool.h>

/**
 * Places where a test may kill the program: before each side effect that
 * another process could see (a file, a ref, a push, a request).
 *
 * Built only with --enable-faults; a normal build holds nothing of this.
 * REFEREE_FAULT="store.note:2" ends the process, as SIGKILL would, at the
 * second visit to fault_point("store.note"); "any:7" at the seventh visit to
 * any.
 */
#ifdef ENABLE_FAULTS
void fault_point(const char *name);
#else
#define fault_point(name) ((void)0) /* NOLINT */
#endif

/**
 * Is the program to do without the library `name`, as it would where that is
 * not built in or the processor cannot run it? REFEREE_WITHOUT="hyperscan".
 */
#ifdef ENABLE_FAULTS
bool fault_without(const char *name);
#else
#define fault_without(name) false /* NOLINT */
#endif

#endif /* CORE_FAULT_H */
