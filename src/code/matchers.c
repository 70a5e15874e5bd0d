#include "code/matchers.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "code/secret_kind.h"
#include "core/alloc.h"

/* Steps of one match without JIT, where the pattern is bounded already. */
#define MATCH_STEPS 100000
#define MATCH_KIB   1024

struct matcher {
	pcre2_code *code;
};

struct matchers {
	struct matcher *items; /* by kind */
	size_t count;
};

struct matcher_room {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static int compile(pcre2_code **out, const struct secret_kind *kind,
		   struct err *err)
{
	uint32_t options = PCRE2_NEVER_UTF | PCRE2_USE_OFFSET_LIMIT;
	PCRE2_UCHAR message[120];
	PCRE2_SIZE at;
	int code;

	if (kind->flags & KIND_ANYCASE)
		options |= PCRE2_CASELESS;
	if (kind->flags & KIND_NAMED)
		options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
	*out = pcre2_compile((PCRE2_SPTR)kind->pattern, PCRE2_ZERO_TERMINATED,
			     options, &code, &at, NULL);
	if (!*out) {
		pcre2_get_error_message(code, message, sizeof(message));
		return err_set(err, ERR_INVALID, "secrets: %s at %zu: %s",
			       kind->id, (size_t)at, (const char *)message);
	}
	/* Without JIT it works too, only slower. */
	pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE);
	return 0;
}

int matchers_new(struct matchers **out, struct err *err)
{
	struct matchers *matchers = xcalloc(1, sizeof(*matchers));

	matchers->items = xcalloc(secret_kind_count(),
				  sizeof(*matchers->items));
	for (size_t i = 0; i < secret_kind_count(); i++) {
		matchers->count = i + 1;
		if (compile(&matchers->items[i].code, secret_kind_at(i), err) <
		    0) {
			matchers_free(matchers);
			return -1;
		}
	}
	*out = matchers;
	return 0;
}

void matchers_free(struct matchers *matchers)
{
	if (!matchers)
		return;
	for (size_t i = 0; i < matchers->count; i++)
		pcre2_code_free(matchers->items[i].code);
	free(matchers->items);
	free(matchers);
}

struct matcher_room *matcher_room_new(const struct matchers *matchers)
{
	struct matcher_room *room = xcalloc(1, sizeof(*room));

	(void)matchers;
	room->data = pcre2_match_data_create(2, NULL);
	room->context = pcre2_match_context_create(NULL);
	if (!room->data || !room->context)
		abort();
	pcre2_set_match_limit(room->context, MATCH_STEPS);
	pcre2_set_heap_limit(room->context, MATCH_KIB);
	return room;
}

void matcher_room_free(struct matcher_room *room)
{
	if (!room)
		return;
	pcre2_match_data_free(room->data);
	pcre2_match_context_free(room->context);
	free(room);
}

bool matchers_find(struct matcher_match *out, const struct matchers *matchers,
		   struct matcher_room *room, unsigned kind,
		   const struct matcher_range *range)
{
	const PCRE2_SIZE *at;
	int count;

	pcre2_set_offset_limit(room->context, range->limit);
	count = pcre2_match(matchers->items[kind].code, (PCRE2_SPTR)range->text,
			    range->to, range->from, 0, room->data,
			    room->context);
	if (count < 0)
		return false;
	at = pcre2_get_ovector_pointer(room->data);
	out->whole_start = at[0];
	out->whole_end = at[1];
	out->start = count > 1 ? at[2] : at[0];
	out->end = count > 1 ? at[3] : at[1];
	return true;
}

bool matchers_accept(const struct matchers *matchers, struct matcher_room *room,
		     unsigned kind, const char *value, size_t len)
{
	pcre2_set_offset_limit(room->context, 0);
	return pcre2_match(matchers->items[kind].code, (PCRE2_SPTR)value, len,
			   0, 0, room->data, room->context) >= 0;
}
