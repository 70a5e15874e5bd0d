#include "store/dismissals.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "core/alloc.h"

/* The last word on one finding. */
struct word {
	char fingerprint[FINGERPRINT_SIZE];
	bool is_dismissed;
	int64_t at_ms;
	char *by, *reason;
	UT_hash_handle hh;
};

struct dismissals {
	struct word *words;
};

struct dismissals *dismissals_new(void)
{
	return xcalloc(1, sizeof(struct dismissals));
}

static void word_free(struct word *word)
{
	free(word->by);
	free(word->reason);
	free(word);
}

void dismissals_free(struct dismissals *dismissals)
{
	struct word *word, *next;

	if (!dismissals)
		return;
	word = dismissals->words;
	HASH_CLEAR(hh, dismissals->words);
	for (; word; word = next) {
		next = word->hh.next;
		word_free(word);
	}
	free(dismissals);
}

/* A dismissal outlives its code's going, for those who look back at older
 * commits; not its coming again. NULL: nobody said anything. */
static const struct finding_event *last_word(const struct known_finding *known)
{
	for (size_t i = known->event_count; i-- > 0;)
		if (!strcmp(known->history[i].what, "dismissed") ||
		    !strcmp(known->history[i].what, "reopened"))
			return &known->history[i];
	return NULL;
}

static void note_word(struct dismissals *dismissals, const char *fingerprint,
		      const struct finding_event *event)
{
	struct word *word = NULL;

	HASH_FIND_STR(dismissals->words, fingerprint, word);
	if (word && word->at_ms >= event->at_ms)
		return;
	if (word) {
		free(word->by);
		free(word->reason);
	} else {
		word = xcalloc(1, sizeof(*word));
		memcpy(word->fingerprint, fingerprint, FINGERPRINT_SIZE);
		HASH_ADD_STR(dismissals->words, fingerprint, word);
	}
	word->is_dismissed = !strcmp(event->what, "dismissed");
	word->at_ms = event->at_ms;
	word->by = event->by ? xstrdup(event->by) : NULL;
	word->reason = event->reason ? xstrdup(event->reason) : NULL;
}

void dismissals_add(struct dismissals *dismissals,
		    const struct known_list *known)
{
	for (size_t i = 0; i < known->len; i++) {
		const struct finding_event *event = last_word(&known->items[i]);

		if (event)
			note_word(dismissals, known->items[i].fingerprint,
				  event);
	}
}

bool dismissals_find(struct dismissal *out, const struct dismissals *dismissals,
		     const char *fingerprint)
{
	struct word *word = NULL;

	HASH_FIND_STR(dismissals->words, fingerprint, word);
	if (!word || !word->is_dismissed)
		return false;
	out->by = word->by;
	out->reason = word->reason;
	out->at_ms = word->at_ms;
	return true;
}

void dismissals_apply(const struct dismissals *dismissals,
		      struct known_list *known)
{
	struct dismissal said;
	struct err unused = ERR_INIT;

	for (size_t i = 0; i < known->len; i++) {
		struct known_finding *item = &known->items[i];

		if (item->state == FINDING_OPEN && !last_word(item) &&
		    dismissals_find(&said, dismissals, item->fingerprint) &&
		    known_finding_dismiss(item, said.by, said.reason,
					  said.at_ms, &unused) < 0)
			return; /* never: it is open */
	}
}

void dismissals_hide(const struct dismissals *dismissals,
		     struct run_record *record)
{
	struct finding_list *list = &record->findings;
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++) {
		struct dismissal unused;

		if (dismissals_find(&unused, dismissals,
				    list->items[i].fingerprint)) {
			finding_release(&list->items[i]);
			record->dismissed++;
		} else {
			list->items[kept++] = list->items[i];
		}
	}
	list->len = kept;
	if (record->dismissed && record->verdict == VERDICT_ATTENTION &&
	    !run_record_is_serious(record))
		record->verdict = VERDICT_PASS;
}
