#include "code/prefilter.h"

#include <string.h>

#include "code/literals.h"
#include "code/prefilter_hs.h"
#include "code/secret_kind.h"
#include "core/alloc.h"
#include "core/strvec.h"

/* Both are there: the keywords are what is left if Hyperscan fails. */
struct prefilter {
	struct prefilter_hs *hs;
	struct literals *literals;
};

struct literal_list {
	struct strvec texts;
	struct literal *items;
	size_t len;
	size_t cap;
};

static void add_literal(struct literal_list *list, const char *text,
			bool any_case, unsigned id)
{
	strvec_add(&list->texts, text);
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len] = (struct literal){ list->texts.v[list->len],
						   any_case, id };
	list->len++;
}

/* "api_key" is also written apikey, api-key and api.key. */
static void add_spellings(struct literal_list *list, char *keyword)
{
	static const char joints[] = "_-.";
	char *to = keyword;

	keyword[strcspn(keyword, "&")] = '\0';
	if (strchr(keyword, '_')) {
		for (const char *joint = joints; *joint; joint++) {
			for (char *at = keyword; *at; at++) {
				if (strchr(joints, *at))
					*at = *joint;
			}
			add_literal(list, keyword, true, PREFILTER_NAME);
		}
	}
	for (const char *from = keyword; *from; from++) {
		if (!strchr(joints, *from))
			*to++ = *from;
	}
	*to = '\0';
	add_literal(list, keyword, true, PREFILTER_NAME);
}

static struct literals *build_literals(void)
{
	struct literal_list list = { .texts = STRVEC_INIT };
	struct literals *literals;

	for (size_t i = 0; i < secret_kind_count(); i++) {
		const struct secret_kind *kind = secret_kind_at(i);
		struct strvec words = STRVEC_INIT;

		strvec_split(&words, kind->keywords, '|');
		for (size_t k = 0; k < words.len; k++) {
			if (kind->flags & KIND_NAMED)
				add_spellings(&list, words.v[k]);
			else
				add_literal(&list, words.v[k],
					    kind->flags & KIND_ANYCASE,
					    (unsigned)i);
		}
		strvec_release(&words);
	}
	literals = literals_new(list.items, list.len);
	strvec_release(&list.texts);
	free(list.items);
	return literals;
}

int prefilter_new(struct prefilter **out, const char *cache_dir, bool portable,
		  struct err *err)
{
	struct prefilter *prefilter = xcalloc(1, sizeof(*prefilter));

	if (!portable && prefilter_hs_new(&prefilter->hs, cache_dir, err) < 0) {
		prefilter_free(prefilter);
		return err_prefix(err, "secrets");
	}
	prefilter->literals = build_literals();
	*out = prefilter;
	return 0;
}

void prefilter_free(struct prefilter *prefilter)
{
	if (!prefilter)
		return;
	prefilter_hs_free(prefilter->hs);
	literals_free(prefilter->literals);
	free(prefilter);
}

const char *prefilter_engine(const struct prefilter *prefilter)
{
	return prefilter->hs ? prefilter_hs_version() : "keywords";
}

struct keyword_scan {
	prefilter_found_fn *found;
	void *payload;
};

static void on_literal(unsigned id, size_t start, void *payload)
{
	const struct keyword_scan *scan = payload;
	struct prefilter_hit hit = { id, start, PREFILTER_KEYWORD };

	scan->found(&hit, scan->payload);
}

void prefilter_scan(struct prefilter *prefilter, const char *text, size_t len,
		    prefilter_found_fn *found, void *payload)
{
	struct keyword_scan scan = { found, payload };

	if (prefilter->hs &&
	    prefilter_hs_scan(prefilter->hs, text, len, found, payload))
		return;
	literals_scan(prefilter->literals, text, len, on_literal, &scan);
}
