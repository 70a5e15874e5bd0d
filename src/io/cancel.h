#ifndef IO_CANCEL_H
#define IO_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

/**
 * A wish to stop, from any thread to any thread. Blocking calls of this folder
 * look at it several times a second and then fail with ERR_CANCELLED. A zeroed
 * struct is one that nobody asked for yet.
 */
struct cancel {
	atomic_bool wanted;
};

static inline void cancel_request(struct cancel *cancel)
{
	atomic_store(&cancel->wanted, true);
}

/** NULL: nobody can ask. */
static inline bool cancel_is_wanted(struct cancel *cancel)
{
	return cancel && atomic_load(&cancel->wanted);
}

#endif /* IO_CANCEL_H */
