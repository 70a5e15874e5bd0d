#ifndef APP_PROCESS_H
#define APP_PROCESS_H

/** Once, before anything else and before any thread: libraries' global state.
 */
void process_setup(void);

/** The last thing a process does: gives it back, so that leaks show. */
void process_teardown(void);

#endif /* APP_PROCESS_H */
