#include <ctype.h>
#include <string.h>

#include "code/lang.h"
#include "code/rule_ignore.h"
#include "code/rule_set.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/text.h"

#define VIEW_COUNT (VIEW_BARE + 1)

/* One file under the eyes of all rules. Lines count from 1. */
struct scan {
	struct rule_hits *hits;
	const struct rule_set *set;
	const struct rule_input *input;
	enum lang lang;
	char *views[VIEW_COUNT]; /* made when first asked for */
	char *lower[VIEW_COUNT]; /* the same in lower case    */
	size_t *starts;          /* of each line; one more for the end */
	size_t line_count;
	bool *candidates; /* lines where a rule may match */
	struct rule_ignores ignores;
	size_t first_hit; /* of this file */
};

/* A stretch of text that one search is over. */
struct window {
	const char *text;
	size_t start, end;
};

static const char *view_of(struct scan *scan, enum code_view view)
{
	if (!scan->views[view]) {
		scan->views[view] = xcalloc(scan->input->len + 1, 1);
		code_view(scan->views[view], scan->input->text,
			  scan->input->len, scan->lang, view);
	}
	return scan->views[view];
}

static const char *lower_of(struct scan *scan, enum code_view view)
{
	if (!scan->lower[view]) {
		const char *text = view_of(scan, view);
		char *lower = xmemdup(text, scan->input->len);

		for (size_t i = 0; i < scan->input->len; i++)
			if (lower[i] >= 'A' && lower[i] <= 'Z')
				lower[i] = (char)(lower[i] - 'A' + 'a');
		scan->lower[view] = lower;
	}
	return scan->lower[view];
}

/* The line that byte `at` is on. */
static size_t line_of(const struct scan *scan, size_t at)
{
	size_t low = 1, high = scan->line_count;

	while (low < high) {
		size_t middle = (low + high + 1) / 2;

		if (scan->starts[middle] <= at)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static bool is_wanted(const struct scan *scan, size_t line)
{
	const struct rule_input *input = scan->input;

	return !input->wanted ||
	       (line < input->wanted_len && input->wanted[line]);
}

/* Is a wanted line no further than `reach` lines away? */
static bool is_near_wanted(const struct scan *scan, size_t line, size_t reach)
{
	size_t from = line > reach ? line - reach : 1;

	if (!scan->input->wanted)
		return true;
	for (size_t i = from; i <= line + reach; i++)
		if (is_wanted(scan, i))
			return true;
	return false;
}

static bool add_candidate(struct scan *scan, const struct rule *rule,
			  size_t line)
{
	size_t len = scan->starts[line + 1] - scan->starts[line];

	if (len > LIMIT_RULE_LINE ||
	    !is_near_wanted(scan, line, (size_t)rule->lines - 1))
		return false;
	scan->candidates[line] = true;
	return true;
}

/* Lines that hold a word of the rule's and are near wanted ones. */
static bool find_candidates(struct scan *scan, const struct rule *rule)
{
	const char *text = lower_of(scan, rule->view);
	size_t len = scan->input->len;
	bool any = false;

	memset(scan->candidates, 0, scan->line_count + 2);
	for (size_t line = 1; !rule->words.len && line <= scan->line_count;
	     line++)
		any |= add_candidate(scan, rule, line);
	for (size_t i = 0; i < rule->words.len; i++) {
		const char *word = rule->words.v[i];
		size_t word_len = strlen(word), at = 0;
		const char *found;

		while (at < len &&
		       (found = memmem(text + at, len - at, word, word_len))) {
			size_t line = line_of(scan, (size_t)(found - text));

			any |= add_candidate(scan, rule, line);
			at = scan->starts[line + 1];
		}
	}
	return any;
}

static bool applies(const struct scan *scan, const struct rule *rule)
{
	bool is_test = scan->input->file_class == CLASS_TEST;

	if (!(rule->languages & UINT32_C(1) << scan->lang))
		return false;
	if (rule->tests != RULE_ALSO_IN_TESTS &&
	    is_test != (rule->tests == RULE_ONLY_IN_TESTS))
		return false;
	return !rule->paths.len ||
	       pattern_list_match(&rule->paths, scan->input->path);
}

static int matches(bool *out, const struct regex *regex, const char *text,
		   size_t len, struct err *err)
{
	struct regex_match match;

	if (regex_find(&match, regex, text, len, 0, err) < 0)
		return -1;
	*out = match.count > 0;
	return 0;
}

/* Does the file have what the rule requires, and not what excuses it? */
static int file_suits(bool *out, struct scan *scan, const struct rule *rule,
		      struct err *err)
{
	const char *text = view_of(scan, VIEW_STR);
	bool found;

	*out = false;
	if (rule->requires) {
		if (matches(&found, rule->requires, text, scan->input->len,
			    err) < 0)
			return -1;
		if (!found)
			return 0;
	}
	if (rule->unless_file) {
		if (matches(&found, rule->unless_file, text, scan->input->len,
			    err) < 0)
			return -1;
		if (found)
			return 0;
	}
	*out = true;
	return 0;
}

/* Lines `from` to `to` and `reach` more on both sides, as far as they go. */
static struct window window_of(const struct scan *scan, const char *text,
			       size_t from, size_t to, size_t reach)
{
	struct window window = { .text = text };

	from = from > reach ? from - reach : 1;
	to = to + reach > scan->line_count ? scan->line_count : to + reach;
	window.start = scan->starts[from];
	window.end = scan->starts[to + 1] - 1;
	return window;
}

static bool is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isspace((unsigned char)text[i]))
			return false;
	return true;
}

/* Where people are to look: the first wanted line of the match with anything
 * on it; 0 if no line of it is wanted. */
static size_t line_to_show(const struct scan *scan, size_t first, size_t last)
{
	for (size_t line = first; line <= last; line++)
		if (is_wanted(scan, line) &&
		    !is_blank(scan->input->text + scan->starts[line],
			      scan->starts[line + 1] - 1 - scan->starts[line]))
			return line;
	return 0;
}

/* The line's text without white space around it. */
static char *quote_of(const struct scan *scan, size_t line)
{
	const char *text = scan->input->text + scan->starts[line];
	size_t len = scan->starts[line + 1] - 1 - scan->starts[line];

	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return xmemdup(text, len);
}

/* The hit of this rule in this file: rules come one after the other. */
static struct rule_hit *hit_of(struct scan *scan, const struct rule *rule)
{
	struct rule_hits *hits = scan->hits;

	if (hits->len > scan->first_hit &&
	    hits->items[hits->len - 1].rule == rule)
		return &hits->items[hits->len - 1];
	ARRAY_GROW(hits->items, hits->len, hits->cap);
	hits->items[hits->len] = (struct rule_hit){ .rule = rule };
	return &hits->items[hits->len++];
}

static void add_hit(struct scan *scan, const struct rule *rule, size_t line,
		    bool has_bare_ignore)
{
	char *quote = quote_of(scan, line);
	struct rule_hit *hit;

	if (rule_set_has_baseline(scan->set, rule->id, scan->input->path,
				  quote)) {
		scan->hits->baselined++;
		free(quote);
		return;
	}
	hit = hit_of(scan, rule);
	if (hit->quote)
		free(quote);
	else
		hit->quote = quote;
	hit->count++;
	hit->has_bare_ignore |= has_bare_ignore;
	if (hit->line_count < RULE_HIT_LINES &&
	    (!hit->line_count || hit->lines[hit->line_count - 1] != (int)line))
		hit->lines[hit->line_count++] = (int)line;
}

/* Takes the match at lines `first` to `last`, unless something excuses it. */
static int take_match(struct scan *scan, const struct rule *rule, size_t first,
		      size_t last, struct err *err)
{
	size_t line = line_to_show(scan, first, last);
	struct window around;
	enum rule_ignored ignored;
	bool excused = false;

	if (!line)
		return 0;
	around = window_of(scan, view_of(scan, rule->view), first, last,
			   (size_t)rule->near);
	if (rule->unless &&
	    matches(&excused, rule->unless, around.text + around.start,
		    around.end - around.start, err) < 0)
		return -1;
	if (excused)
		return 0;
	ignored = rule_ignored_at(&scan->ignores, rule->id, first, last);
	if (ignored == RULE_IGNORED)
		scan->hits->ignored++;
	else
		add_hit(scan, rule, line, ignored == RULE_IGNORED_BARE);
	return 0;
}

/* Searches the lines around candidate `line`; *next is where the last match
 * ended, so that none is found twice. */
static int search_around(struct scan *scan, const struct rule *rule,
			 size_t line, size_t *next, struct err *err)
{
	struct window window = window_of(scan, view_of(scan, rule->view), line,
					 line, (size_t)rule->lines - 1);
	struct regex_match match;
	size_t from, first, last;

	if (window.end - window.start > LIMIT_RULE_WINDOW)
		window = window_of(scan, window.text, line, line, 0);
	from = *next > window.start ? *next - window.start : 0;
	while (from <= window.end - window.start) {
		if (regex_find(&match, rule->pattern,
			       window.text + window.start,
			       window.end - window.start, from, err) < 0)
			return -1;
		if (!match.count)
			return 0;
		first = line_of(scan, window.start + match.groups[0].start);
		last = line_of(scan, window.start + match.groups[0].end -
					     (match.groups[0].end >
					      match.groups[0].start));
		if (last - first >= (size_t)rule->lines) {
			from = match.groups[0].start + 1;
			continue;
		}
		if (take_match(scan, rule, first, last, err) < 0)
			return -1;
		from = match.groups[0].end +
		       (match.groups[0].end == match.groups[0].start);
		*next = window.start + from;
	}
	return 0;
}

static int apply(struct scan *scan, const struct rule *rule, struct err *err)
{
	int64_t until = clock_cpu_ms() + LIMIT_RULE_FILE_MS;
	size_t next = 0;
	bool suits;

	if (!applies(scan, rule) || !find_candidates(scan, rule))
		return 0;
	if (file_suits(&suits, scan, rule, err) < 0)
		return -1;
	for (size_t line = 1; suits && line <= scan->line_count; line++) {
		if (!scan->candidates[line])
			continue;
		if (search_around(scan, rule, line, &next, err) < 0)
			return -1;
		if (!rule->is_shipped && clock_cpu_ms() > until)
			return err_set(err, ERR_TIMEOUT,
				       "the pattern took over %d ms",
				       LIMIT_RULE_FILE_MS);
	}
	return 0;
}

static int compare_hits(const void *a, const void *b)
{
	const struct rule_hit *x = a, *y = b;

	if (x->rule->severity != y->rule->severity)
		return x->rule->severity < y->rule->severity ? 1 : -1;
	if (x->lines[0] != y->lines[0])
		return x->lines[0] < y->lines[0] ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

static void scan_release(struct scan *scan)
{
	for (int i = 0; i < VIEW_COUNT; i++) {
		free(scan->views[i]);
		free(scan->lower[i]);
	}
	free(scan->starts);
	free(scan->candidates);
	rule_ignores_release(&scan->ignores);
}

void rules_scan(struct rule_hits *hits, const struct rule_set *set,
		const struct rule_input *input)
{
	struct scan scan = {
		.hits = hits,
		.set = set,
		.input = input,
		.lang = lang_of_path(input->path),
		.first_hit = hits->len,
	};

	if (input->file_class == CLASS_GENERATED ||
	    input->file_class == CLASS_VENDORED)
		return;
	scan.starts = text_line_starts(&scan.line_count, scan.input->text,
				       scan.input->len);
	scan.candidates = xcalloc(scan.line_count + 2, sizeof(bool));
	rule_ignores_find(&scan.ignores, input->text, view_of(&scan, VIEW_STR),
			  input->len);
	for (size_t i = 0; i < set->len; i++) {
		struct err err = ERR_INIT;

		if (apply(&scan, set->items[i], &err) < 0)
			strvec_addf(&hits->problems,
				    "rule %s on %s: %s; its findings there "
				    "are incomplete",
				    set->items[i]->id, input->path, err.msg);
	}
	if (hits->len > scan.first_hit)
		qsort(hits->items + scan.first_hit, hits->len - scan.first_hit,
		      sizeof(*hits->items), compare_hits);
	scan_release(&scan);
}
