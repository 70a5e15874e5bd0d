#ifndef CORE_ERR_H
#define CORE_ERR_H

#include "core/attr.h"

/**
 * What went wrong, in the terms a caller can act on. Callers branch on the
 * code; only people read the message.
 */
enum err_code {
	ERR_OK = 0,
	ERR_INVALID,     /* the user's input is wrong; retrying cannot help */
	ERR_NOT_FOUND,   /* ref, note, file or pull does not exist  */
	ERR_CONFLICT,    /* somebody moved the ref or holds the lease       */
	ERR_AUTH,        /* credentials missing, refused or expired         */
	ERR_RATE,        /* peer asked us to wait; detail = seconds         */
	ERR_UNAVAILABLE, /* network or 5xx; worth a retry                   */
	ERR_TIMEOUT,     /* our own limit passed                            */
	ERR_PROTOCOL,    /* peer sent what we cannot read                   */
	ERR_TOO_LARGE,   /* a size limit of ours was hit                    */
	ERR_CANCELLED,   /* we were asked to stop                           */
	ERR_SYSTEM,      /* a system call failed; detail = errno            */
};

/**
 * One failure, by value: no allocation, free to copy into a run record.
 *
 * Every function that can fail takes `struct err *err` last, returns 0 or -1,
 * and fills *err exactly when it returns -1. `err` is never NULL.
 */
struct err {
	enum err_code code;
	long detail;
	char msg[512]; /* one line, no newline at the end */
};

#define ERR_INIT              \
	{                     \
		ERR_OK, 0, "" \
	}

/** Fill *err and return -1, so that callers can `return err_set(...)`. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
	PRINTF(3, 4);

/** err_set() with ERR_SYSTEM, detail = errno and ": strerror" at the end. */
int err_set_errno(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/** Put "context: " before the message of a failed *err; return -1. */
int err_prefix(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/** The code's name as written in run records, e.g. "rate". Static string. */
const char *err_code_name(enum err_code code);

#endif /* CORE_ERR_H */
