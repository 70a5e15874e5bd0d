#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/sha256.h"
#include "store/findings_life.h"
#include "store/identity.h"

static bool is_blank(char ch)
{
	return ch && strchr(" \t\r\n\f\v", ch);
}

/* "[redacted:aws-access-key:2]": behind the text before its number, to which
 * *after points, or NULL. How a change's secrets are numbered is chance. */
static const char *placeholder_number(const char *at, const char **after)
{
	static const char start[] = "[redacted:";
	const char *number, *end;

	if (strncmp(at, start, sizeof(start) - 1) != 0)
		return NULL;
	number = at + sizeof(start) - 1;
	number += strspn(number, "abcdefghijklmnopqrstuvwxyz0123456789-_");
	if (*number != ':')
		return NULL;
	end = number + 1 + strspn(number + 1, "0123456789");
	if (end == number + 1 || *end != ']')
		return NULL;
	*after = end;
	return number;
}

char *finding_code(const char *quote)
{
	char *out = xcalloc(strlen(quote ? quote : "") + 1, 1);
	size_t len = 0;

	for (const char *p = quote ? quote : ""; *p; p++) {
		const char *after;
		const char *number = placeholder_number(p, &after);

		if (number) {
			memcpy(out + len, p, (size_t)(number - p));
			len += (size_t)(number - p);
			p = after;
		}
		if (!is_blank(*p))
			out[len++] = *p;
		else if (len && out[len - 1] != ' ')
			out[len++] = ' ';
	}
	if (len && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
	return out;
}

const char *finding_speaker(const struct finding *finding)
{
	const char *first = NULL;

	/* Which of several agents came first is chance. */
	for (size_t i = 0; i < finding->agents.len; i++)
		if (!first || strcmp(finding->agents.v[i], first) < 0)
			first = finding->agents.v[i];
	return first ? first : "";
}

static void add(struct sha256 *sha, const char *text)
{
	sha256_add_field(sha, text ? text : "", text ? strlen(text) : 0);
}

void identity_fingerprint(char out[FINGERPRINT_SIZE],
			  const struct identity *identity)
{
	struct sha256 *sha = sha256_new();
	char hex[SHA256_HEX_SIZE], nth[24];

	add(sha, identity->rule && *identity->rule ? identity->rule
						   : identity->agent);
	add(sha, identity->category);
	add(sha, identity->path);
	add(sha, identity->symbol);
	/* Without code there is only what it says. */
	add(sha, *identity->code ? identity->code : identity->title);
	snprintf(nth, sizeof(nth), "%zu", identity->nth);
	add(sha, nth);
	sha256_end(sha, hex);
	memcpy(out, hex, FINGERPRINT_SIZE - 1);
	out[FINGERPRINT_SIZE - 1] = '\0';
}

static void set_fingerprint(struct finding *finding, size_t nth)
{
	char *code = finding_code(finding->quote);
	struct identity identity = {
		.agent = finding_speaker(finding),
		.rule = finding->rule,
		.category = finding->category,
		.path = finding->path,
		.symbol = finding->symbol,
		.code = code,
		.title = finding->title,
		.nth = nth,
	};

	identity_fingerprint(finding->fingerprint, &identity);
	free(code);
}

void finding_fingerprint(struct finding *finding)
{
	set_fingerprint(finding, 1);
}

struct placed {
	struct finding *finding;
	size_t order;
};

/* Those alike together, in the order of their lines. */
static int compare_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = strcmp(x->finding->fingerprint, y->finding->fingerprint);

	if (order)
		return order;
	if (x->finding->line != y->finding->line)
		return x->finding->line < y->finding->line ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void findings_fingerprint(struct finding_list *findings)
{
	struct placed *placed = xcalloc(findings->len + 1, sizeof(*placed));
	char first[FINGERPRINT_SIZE] = "";
	size_t nth = 1;

	for (size_t i = 0; i < findings->len; i++) {
		placed[i] = (struct placed){ &findings->items[i], i };
		finding_fingerprint(placed[i].finding);
	}
	qsort(placed, findings->len, sizeof(*placed), compare_placed);
	for (size_t i = 0; i < findings->len; i++) {
		struct finding *finding = placed[i].finding;

		nth = !strcmp(finding->fingerprint, first) ? nth + 1 : 1;
		memcpy(first, finding->fingerprint, sizeof(first));
		if (nth > 1)
			set_fingerprint(finding, nth);
	}
	free(placed);
}
