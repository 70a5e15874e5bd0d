#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "notify/kinds.h"

enum {
	MAX_ATTEMPTS = 5,
	FIRST_WAIT_MS = 1000, /* doubled each time */
	RATE_WAIT_MS = 30000, /* where a 429 does not say */
	MAX_WAIT_S = 24 * 3600,
	MAX_TOLD = 120, /* bytes of a reply that people see */
};

static struct notify_decision give_up(enum notify_fate fate)
{
	return (struct notify_decision){ NOTIFY_NEXT_GIVE_UP, fate, 0, 0 };
}

static struct notify_decision try_again(const struct notify_try *attempt,
					int64_t wait_ms, enum notify_fate fate)
{
	if (attempt->attempts >= MAX_ATTEMPTS || wait_ms >= attempt->left_ms)
		return give_up(fate);
	return (struct notify_decision){ NOTIFY_NEXT_AGAIN, fate, wait_ms, 0 };
}

static int64_t backoff_ms(const struct notify_try *attempt)
{
	return FIRST_WAIT_MS * (1LL << (attempt->attempts - 1));
}

/* It may have arrived. */
static struct notify_decision doubtful(const struct notify_try *attempt)
{
	if (!attempt->drops_doubles)
		return give_up(NOTIFY_UNKNOWN);
	return try_again(attempt, backoff_ms(attempt), NOTIFY_UNKNOWN);
}

static struct notify_decision after_rate(const struct notify_try *attempt,
					 const struct http_reply *reply,
					 struct err *err)
{
	int64_t wait_s = http_reply_retry_after_s(reply);
	int64_t wait_ms = RATE_WAIT_MS;
	struct notify_decision decision;

	if (wait_s >= 0)
		wait_ms = (wait_s < MAX_WAIT_S ? wait_s : MAX_WAIT_S) * 1000;
	if (wait_ms < FIRST_WAIT_MS)
		wait_ms = FIRST_WAIT_MS;
	err_set(err, ERR_RATE, "asks to wait %lld s",
		(long long)(wait_ms / 1000));
	err->detail = (long)(wait_ms / 1000);
	decision = try_again(attempt, wait_ms, NOTIFY_REFUSED);
	decision.hold_ms = wait_ms;
	return decision;
}

static void set_refusal(struct err *err, const struct http_reply *reply)
{
	char *said = text_clean(reply->body.ptr ? reply->body.ptr : "", false);
	enum err_code code = ERR_INVALID;
	const char *hint = "";

	said[text_cut(said, strlen(said), MAX_TOLD)] = '\0';
	if (reply->status == 401 || reply->status == 403 ||
	    reply->status == 404 || reply->status == 410) {
		code = ERR_AUTH;
		hint = "; is its url still right?";
	} else if (reply->status >= 500) {
		code = ERR_UNAVAILABLE;
	} else if (reply->status < 400) {
		code = ERR_PROTOCOL;
		hint = "; redirects are not followed";
	}
	err_set(err, code, "answered %d%s%s%s", reply->status, *said ? " " : "",
		said, hint);
	free(said);
}

static struct notify_decision after_reply(const struct notify_try *attempt,
					  const struct http_reply *reply,
					  struct err *err)
{
	if (reply->status >= 200 && reply->status < 300)
		return (struct notify_decision){ NOTIFY_NEXT_DONE, NOTIFY_SENT,
						 0, 0 };
	if (reply->status == 429)
		return after_rate(attempt, reply, err);
	set_refusal(err, reply);
	if (reply->status >= 500 || reply->status == 408)
		return doubtful(attempt);
	return give_up(NOTIFY_REFUSED);
}

static struct notify_decision after_failure(const struct notify_try *attempt,
					    const struct err *failed,
					    struct err *err)
{
	*err = *failed;
	switch (failed->code) {
	case ERR_TIMEOUT:
	case ERR_UNAVAILABLE:
		if (failed->detail != HTTP_NOT_SENT)
			return doubtful(attempt);
		return try_again(attempt, backoff_ms(attempt), NOTIFY_REFUSED);
	case ERR_CANCELLED:
	case ERR_TOO_LARGE: /* the reply was */
		return give_up(NOTIFY_UNKNOWN);
	default:
		return give_up(NOTIFY_REFUSED);
	}
}

struct notify_decision notify_decide(const struct notify_try *attempt,
				     const struct http_reply *reply,
				     const struct err *failed, struct err *err)
{
	return reply ? after_reply(attempt, reply, err)
		     : after_failure(attempt, failed, err);
}
