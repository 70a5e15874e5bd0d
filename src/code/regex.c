#include "code/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

#define NEST_LIMIT      50
#define DEPTH_LIMIT     5000
#define STEPS_AT_LEAST  50000
#define STEPS_EACH_BYTE 32
#define MESSAGE_BYTES   160

struct regex {
	pcre2_code *code;
};

static uint32_t options_of(unsigned flags)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
			   PCRE2_NEVER_BACKSLASH_C;

	if (flags & REGEX_CASELESS)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_LINES)
		options |= PCRE2_MULTILINE;
	if (flags & REGEX_DOT_ALL)
		options |= PCRE2_DOTALL;
	if (flags & REGEX_EXTENDED)
		options |= PCRE2_EXTENDED;
	return options;
}

static int compile_failed(int code, size_t at, struct err *err)
{
	char message[MESSAGE_BYTES];

	pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof(message));
	err_set(err, ERR_INVALID, "at %zu: %s", at, message);
	err->detail = (long)at;
	return -1;
}

int regex_compile(struct regex **out, const char *pattern, unsigned flags,
		  struct err *err)
{
	pcre2_compile_context *context;
	struct regex *regex = NULL;
	pcre2_code *code;
	size_t at = 0;
	int failed = 0;

	if (strlen(pattern) > LIMIT_REGEX_BYTES)
		return err_set(err, ERR_INVALID,
			       "the pattern is over %ld bytes",
			       LIMIT_REGEX_BYTES);
	context = pcre2_compile_context_create(NULL);
	if (!context)
		return err_set(err, ERR_SYSTEM, "no memory for a pattern");
	pcre2_set_parens_nest_limit(context, NEST_LIMIT);
	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			     options_of(flags), &failed, &at, context);
	pcre2_compile_context_free(context);
	if (!code)
		return compile_failed(failed, at, err);
	/* Without machine code it is slower, nothing else. */
	if (flags & REGEX_TRUSTED)
		(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	regex = xcalloc(1, sizeof(*regex));
	regex->code = code;
	*out = regex;
	return 0;
}

void regex_free(struct regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

static pcre2_match_context *limits_for(size_t len)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	uint64_t steps = STEPS_AT_LEAST + (uint64_t)len * STEPS_EACH_BYTE;

	if (!context)
		return NULL;
	pcre2_set_match_limit(context, steps > UINT32_MAX ? UINT32_MAX
							  : (uint32_t)steps);
	pcre2_set_depth_limit(context, DEPTH_LIMIT);
	pcre2_set_heap_limit(context, LIMIT_REGEX_HEAP / KIB);
	return context;
}

static int match_failed(int code, struct err *err)
{
	char message[MESSAGE_BYTES];

	switch (code) {
	case PCRE2_ERROR_MATCHLIMIT:
		return err_set(err, ERR_TOO_LARGE,
			       "the pattern takes too many steps");
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_JIT_STACKLIMIT:
		return err_set(err, ERR_TOO_LARGE,
			       "the pattern goes back too deep");
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_NOMEMORY:
		return err_set(err, ERR_TOO_LARGE,
			       "the pattern takes too much memory");
	default:
		pcre2_get_error_message(code, (PCRE2_UCHAR *)message,
					sizeof(message));
		return err_set(err, ERR_INVALID, "%s", message);
	}
}

static void take_groups(struct regex_match *match, pcre2_match_data *data,
			int count)
{
	const size_t *offsets = pcre2_get_ovector_pointer(data);

	/* 0: there are more groups than we ask for. */
	match->count = count ? (size_t)count : REGEX_GROUPS;
	for (size_t i = 0; i < match->count; i++) {
		match->groups[i].start = offsets[2 * i];
		match->groups[i].end = offsets[2 * i + 1];
	}
	/* \K in a look-ahead can put the start behind the end. */
	if (match->groups[0].start > match->groups[0].end)
		match->groups[0].start = match->groups[0].end;
}

int regex_find(struct regex_match *match, const struct regex *regex,
	       const char *text, size_t len, size_t from, struct err *err)
{
	pcre2_match_context *limits = limits_for(len);
	pcre2_match_data *data = pcre2_match_data_create(REGEX_GROUPS, NULL);
	int code = PCRE2_ERROR_NOMEMORY;
	int ret = 0;

	if (!limits || !data)
		goto out;
	code = pcre2_match(regex->code, (PCRE2_SPTR)text, len, from, 0, data,
			   limits);
	/* The interpreter keeps its stack on the heap, where there is more. */
	if (code == PCRE2_ERROR_JIT_STACKLIMIT)
		code = pcre2_match(regex->code, (PCRE2_SPTR)text, len, from,
				   PCRE2_NO_JIT, data, limits);
out:
	match->count = 0;
	if (code >= 0)
		take_groups(match, data, code);
	else if (code != PCRE2_ERROR_NOMATCH)
		ret = match_failed(code, err);
	pcre2_match_data_free(data);
	pcre2_match_context_free(limits);
	return ret;
}

int regex_test(bool *found, const struct regex *regex, const char *text,
	       struct err *err)
{
	struct regex_match match;

	if (regex_find(&match, regex, text, strlen(text), 0, err) < 0)
		return -1;
	*found = match.count > 0;
	return 0;
}
