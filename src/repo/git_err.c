#include "repo/git.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int git;
	enum err_code code;
} codes[] = {
	{ GIT_ENOTFOUND, ERR_NOT_FOUND }, { GIT_EUNBORNBRANCH, ERR_NOT_FOUND },
	{ GIT_EEXISTS, ERR_CONFLICT },    { GIT_EMODIFIED, ERR_CONFLICT },
	{ GIT_ELOCKED, ERR_CONFLICT },    { GIT_ENONFASTFORWARD, ERR_CONFLICT },
	{ GIT_EAMBIGUOUS, ERR_INVALID },  { GIT_EINVALIDSPEC, ERR_INVALID },
	{ GIT_EINVALID, ERR_INVALID },    { GIT_EPEEL, ERR_INVALID },
	{ GIT_EBAREREPO, ERR_INVALID },   { GIT_EOWNER, ERR_INVALID },
	{ GIT_EMISMATCH, ERR_PROTOCOL },  { GIT_EEOF, ERR_PROTOCOL },
	{ GIT_EAUTH, ERR_AUTH },          { GIT_ECERTIFICATE, ERR_AUTH },
	{ GIT_EUSER, ERR_CANCELLED },
};

/* What libgit2 lumps together as -1, by the class of its message. */
static enum err_code code_of_class(int class)
{
	switch (class) {
	case GIT_ERROR_OS:
	case GIT_ERROR_FILESYSTEM:
		return ERR_SYSTEM;
	case GIT_ERROR_NET:
	case GIT_ERROR_SSL:
	case GIT_ERROR_SSH:
	case GIT_ERROR_HTTP:
		return ERR_UNAVAILABLE;
	case GIT_ERROR_INVALID:
		return ERR_INVALID;
	default:
		return ERR_PROTOCOL; /* objects, packs, zlib: damaged data */
	}
}

static enum err_code code_of(int code, const git_error *last)
{
	static const char missing[] = "object not found";

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i].git == code)
			return codes[i].code;
	/* Some walks return -1 for a missing object. */
	if (last && last->klass == GIT_ERROR_ODB &&
	    !strncmp(last->message, missing, strlen(missing)))
		return ERR_NOT_FOUND;
	return last ? code_of_class(last->klass) : ERR_PROTOCOL;
}

int err_set_git(struct err *err, int code, const char *fmt, ...)
{
	int saved = errno; /* libgit2 leaves it as the failed call set it */
	const git_error *last = git_error_last();
	enum err_code mapped = code_of(code, last);
	char what[sizeof(err->msg)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	err_set(err, mapped, "%s: %s", what,
		last && last->message ? last->message : "unknown failure");
	for (char *p = err->msg; *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	if (mapped == ERR_SYSTEM)
		err->detail = saved;
	git_error_clear();
	return -1;
}
