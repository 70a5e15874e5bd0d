#include "code/literals.h"

#include <stdint.h>
#include <string.h>

#include "core/alloc.h"

#define NONE UINT32_MAX

/* One literal as kept: a chain of those that end in the same state. */
struct word {
	char *text;
	size_t len;
	bool any_case;
	unsigned id;
	uint32_t next;
};

/*
 * `step` has a row of `classes` states for each state; bytes that are in no
 * literal share class 0. Capitals and small letters are one class: literals
 * that mind are compared once more when met.
 */
struct literals {
	unsigned char class_of[256];
	size_t classes;
	size_t states;
	uint32_t *step;
	uint32_t *words_of; /* first word ending here, or NONE       */
	uint32_t *shorter;  /* next state on the way with words, or 0 */
	uint32_t *nearest;  /* itself if it has words, else `shorter` */
	struct word *words;
	size_t word_count;
};

static unsigned char fold(char byte)
{
	return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
}

static void number_classes(struct literals *literals,
			   const struct literal *items, size_t count)
{
	literals->classes = 1;
	for (size_t i = 0; i < count; i++) {
		for (const char *at = items[i].text; *at; at++) {
			unsigned char byte = fold(*at);

			if (!literals->class_of[byte])
				literals->class_of[byte] =
					(unsigned char)literals->classes++;
		}
	}
	for (unsigned byte = 'A'; byte <= 'Z'; byte++)
		literals->class_of[byte] = literals->class_of[byte + 32];
}

static size_t count_bytes(const struct literal *items, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += strlen(items[i].text);
	return bytes;
}

static void add_word(struct literals *literals, const struct literal *item)
{
	struct word *word = &literals->words[literals->word_count];
	uint32_t state = 0;

	for (const char *at = item->text; *at; at++) {
		uint32_t *next = &literals->step[state * literals->classes +
						 literals->class_of[fold(*at)]];

		if (!*next)
			*next = (uint32_t)literals->states++;
		state = *next;
	}
	word->text = xstrdup(item->text);
	word->len = strlen(item->text);
	word->any_case = item->any_case;
	word->id = item->id;
	word->next = literals->words_of[state];
	literals->words_of[state] = (uint32_t)literals->word_count++;
}

/* Turns the tree into an automaton, level by level: a step that leads nowhere
 * is taken from the state of the longest end that is a beginning too. */
static void link_states(struct literals *literals)
{
	uint32_t *queue = xcalloc(literals->states, sizeof(*queue));
	uint32_t *back = xcalloc(literals->states, sizeof(*back));
	size_t head = 0;
	size_t tail = 0;

	queue[tail++] = 0;
	while (head < tail) {
		uint32_t state = queue[head++];
		uint32_t *row = &literals->step[state * literals->classes];
		uint32_t *back_row =
			&literals->step[back[state] * literals->classes];

		for (size_t c = 0; c < literals->classes; c++) {
			uint32_t to = row[c];

			if (!to) {
				row[c] = state ? back_row[c] : 0;
				continue;
			}
			back[to] = state ? back_row[c] : 0;
			literals->shorter[to] =
				literals->words_of[back[to]] != NONE
					? back[to]
					: literals->shorter[back[to]];
			queue[tail++] = to;
		}
	}
	free(queue);
	free(back);
}

struct literals *literals_new(const struct literal *items, size_t count)
{
	struct literals *literals = xcalloc(1, sizeof(*literals));
	size_t bound = count_bytes(items, count) + 1;

	number_classes(literals, items, count);
	literals->states = 1;
	literals->step = xcalloc(bound,
				 literals->classes * sizeof(*literals->step));
	literals->words_of = xcalloc(bound, sizeof(*literals->words_of));
	literals->shorter = xcalloc(bound, sizeof(*literals->shorter));
	literals->nearest = xcalloc(bound, sizeof(*literals->nearest));
	literals->words = xcalloc(count ? count : 1, sizeof(*literals->words));
	for (size_t i = 0; i < bound; i++)
		literals->words_of[i] = NONE;
	for (size_t i = 0; i < count; i++)
		add_word(literals, &items[i]);
	link_states(literals);
	for (uint32_t i = 0; i < literals->states; i++)
		literals->nearest[i] = literals->words_of[i] != NONE
					       ? i
					       : literals->shorter[i];
	return literals;
}

void literals_free(struct literals *literals)
{
	if (!literals)
		return;
	for (size_t i = 0; i < literals->word_count; i++)
		free(literals->words[i].text);
	free(literals->words);
	free(literals->nearest);
	free(literals->shorter);
	free(literals->words_of);
	free(literals->step);
	free(literals);
}

/* Reports the words of `state`, the last byte of which is before `end`. */
static void report_words(const struct literals *literals, uint32_t state,
			 const char *end, literal_found_fn *found,
			 const char *text, void *payload)
{
	for (; state; state = literals->shorter[state]) {
		uint32_t w = literals->words_of[state];

		for (; w != NONE; w = literals->words[w].next) {
			const struct word *word = &literals->words[w];
			const char *start = end - word->len;

			if (word->any_case ||
			    memcmp(start, word->text, word->len) == 0)
				found(word->id, (size_t)(start - text),
				      payload);
		}
	}
}

void literals_scan(const struct literals *literals, const char *text,
		   size_t len, literal_found_fn *found, void *payload)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const uint32_t *step = literals->step;
	size_t classes = literals->classes;
	uint32_t state = 0;

	for (size_t i = 0; i < len; i++) {
		state = step[state * classes + literals->class_of[bytes[i]]];
		if (literals->nearest[state])
			report_words(literals, literals->nearest[state],
				     text + i + 1, found, text, payload);
	}
}
