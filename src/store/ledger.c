#include "store/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/strvec.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"
#include "store/state_ref.h"

#define LEDGER_REFS   "refs/referee/ledger/"
#define SEGMENT_LINES 500
#define MS_PER_HOUR   (3600 * 1000L)

static bool is_word(const char *text)
{
	return *text && *text != '.' &&
	       strspn(text,
		      "abcdefghijklmnopqrstuvwxyz"
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(text);
}

/* "2026-11" and "24/13" of a time. */
struct place {
	char month[32];
	char hour[32];
};

static struct place place_of(int64_t at_ms)
{
	time_t at_s = (time_t)(at_ms / 1000);
	struct place place;
	struct tm tm;

	gmtime_r(&at_s, &tm);
	snprintf(place.month, sizeof(place.month), "%04d-%02d",
		 tm.tm_year + 1900, tm.tm_mon + 1);
	snprintf(place.hour, sizeof(place.hour), "%02d/%02d", tm.tm_mday,
		 tm.tm_hour);
	return place;
}

/* Appending: lines sorted by time are cut where a segment ends. */

struct segments {
	const struct ledger_line **lines;
	size_t from, until; /* those of one month */
};

static int compare_lines(const void *a, const void *b)
{
	const struct ledger_line *const *x = a, *const *y = b;

	if ((*x)->at_ms != (*y)->at_ms)
		return (*x)->at_ms < (*y)->at_ms ? -1 : 1;
	return strcmp((*x)->id, (*y)->id);
}

/* How many lines from `from` on are of one hour and one segment. */
static size_t segment_len(const struct segments *all, size_t from)
{
	struct place first = place_of(all->lines[from]->at_ms);
	size_t len = 0;

	while (from + len < all->until && len < SEGMENT_LINES) {
		struct place place = place_of(all->lines[from + len]->at_ms);

		if (strcmp(place.hour, first.hour) != 0)
			break;
		len++;
	}
	return len;
}

static int write_segment(struct oid *out, struct repo *repo,
			 const struct segments *all, size_t from, size_t len,
			 struct err *err)
{
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_SEGMENT_BYTES);
	for (size_t i = 0; i < len; i++)
		ledger_line_format(&text, all->lines[from + i]);
	if (!buf_check(&text, "segment of the ledger", err))
		ret = blob_write(out, repo, text.ptr, text.len, err);
	buf_release(&text);
	return ret;
}

static int edit_append(struct oid *tree, struct repo *repo,
		       const struct oid *base, void *payload, struct err *err)
{
	const struct segments *all = payload;
	size_t max = all->until - all->from, count = 0, len;
	struct tree_change *changes = xcalloc(max, sizeof(*changes));
	struct oid *blobs = xcalloc(max, sizeof(*blobs));
	struct strvec paths = STRVEC_INIT;
	int ret = -1;

	for (size_t i = all->from; i < all->until; i += len, count++) {
		char name[ULID_SIZE];

		len = segment_len(all, i);
		ulid_new(name);
		strvec_addf(&paths, "%s/%s.jsonl",
			    place_of(all->lines[i]->at_ms).hour, name);
		if (write_segment(&blobs[count], repo, all, i, len, err) < 0)
			goto out;
	}
	for (size_t i = 0; i < count; i++)
		changes[i] = (struct tree_change){ paths.v[i], MODE_FILE,
						   &blobs[i] };
	ret = tree_update(tree, repo, base, changes, count, err);
out:
	strvec_release(&paths);
	free(changes);
	free(blobs);
	return ret;
}

static int append_month(struct repo *repo, const char *instance,
			struct segments *all, struct err *err)
{
	struct place place = place_of(all->lines[all->from]->at_ms);
	char *ref = xstrf(LEDGER_REFS "%s/%s", instance, place.month);
	struct state_edit edit = { .ref = ref,
				   .message = "spending\n",
				   .edit = edit_append,
				   .payload = all };
	int ret = state_ref_edit(repo, &edit, err);

	free(ref);
	return ret;
}

int ledger_append(struct repo *repo, const char *instance,
		  const struct ledger_list *lines, struct err *err)
{
	struct segments all = { 0 };
	int ret = 0;

	if (!is_word(instance))
		return err_set(err, ERR_INVALID, "'%s' is no instance",
			       instance);
	all.lines = xcalloc(lines->len + 1, sizeof(void *));
	for (size_t i = 0; i < lines->len; i++)
		all.lines[i] = &lines->items[i];
	qsort(all.lines, lines->len, sizeof(void *), compare_lines);
	while (!ret && all.from < lines->len) {
		struct place first = place_of(all.lines[all.from]->at_ms);

		all.until = all.from;
		while (all.until < lines->len &&
		       !strcmp(place_of(all.lines[all.until]->at_ms).month,
			       first.month))
			all.until++;
		ret = append_month(repo, instance, &all, err);
		all.from = all.until;
	}
	free(all.lines);
	return ret < 0 ? err_prefix(err, "ledger") : 0;
}

/* Reading. */

/* A ref as it was read, or a segment: those never change. */
struct read_before {
	char *name; /* NULL: a segment */
	struct oid id;
	UT_hash_handle hh;
};

struct ledger_cursor {
	struct read_before *refs;     /* by name */
	struct read_before *segments; /* by id   */
};

struct reading {
	struct repo *repo;
	struct ledger_cursor *cursor; /* NULL: all is new */
	int64_t since_ms, until_ms;
	ledger_visit_fn *visit;
	void *payload;
	bool is_stopped;
};

struct ledger_cursor *ledger_cursor_new(void)
{
	return xcalloc(1, sizeof(struct ledger_cursor));
}

static void read_before_free(struct read_before *items)
{
	struct read_before *next;

	for (; items; items = next) {
		next = items->hh.next;
		free(items->name);
		free(items);
	}
}

void ledger_cursor_free(struct ledger_cursor *cursor)
{
	struct read_before *refs, *segments;

	if (!cursor)
		return;
	refs = cursor->refs;
	segments = cursor->segments;
	HASH_CLEAR(hh, cursor->refs);
	HASH_CLEAR(hh, cursor->segments);
	read_before_free(refs);
	read_before_free(segments);
	free(cursor);
}

static bool is_ref_read(const struct reading *reading,
			const struct ref_entry *ref)
{
	struct read_before *found = NULL;

	if (reading->cursor)
		HASH_FIND_STR(reading->cursor->refs, ref->name, found);
	return found && oid_equal(&found->id, &ref->id);
}

static void mark_ref_read(struct reading *reading, const struct ref_entry *ref)
{
	struct read_before *found;

	if (!reading->cursor || reading->is_stopped)
		return;
	HASH_FIND_STR(reading->cursor->refs, ref->name, found);
	if (!found) {
		found = xcalloc(1, sizeof(*found));
		found->name = xstrdup(ref->name);
		HASH_ADD_KEYPTR(hh, reading->cursor->refs, found->name,
				strlen(found->name), found);
	}
	found->id = ref->id;
}

static bool is_segment_read(const struct reading *reading, const struct oid *id)
{
	struct read_before *found = NULL;

	if (reading->cursor)
		HASH_FIND(hh, reading->cursor->segments, id, sizeof(*id),
			  found);
	return found;
}

static void mark_segment_read(struct reading *reading, const struct oid *id)
{
	struct read_before *item;

	if (!reading->cursor || reading->is_stopped)
		return;
	item = xcalloc(1, sizeof(*item));
	item->id = *id;
	HASH_ADD(hh, reading->cursor->segments, id, sizeof(item->id), item);
}

/* A line that is not whole is told, the others are read. */
static void read_lines(struct reading *reading, const char *path,
		       const struct buf *text)
{
	const char *at = text->ptr, *end = at + text->len;

	while (at < end && !reading->is_stopped) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		struct err err = ERR_INIT;
		struct ledger_line line;

		if (ledger_line_parse(&line, at, len, &err) < 0) {
			log_warn("ledger: %s: %s", path, err.msg);
		} else {
			if (line.at_ms >= reading->since_ms &&
			    line.at_ms < reading->until_ms)
				reading->is_stopped = !reading->visit(
					&line, reading->payload);
			ledger_line_release(&line);
		}
		at = stop ? stop + 1 : end;
	}
}

/* Does the hour of "24/13/<ulid>.jsonl" overlap with what is wanted? */
static bool is_wanted(const struct reading *reading, int64_t month_ms,
		      const char *path)
{
	int64_t start;
	int day, hour;

	if (strlen(path) < 6 || path[2] != '/' || path[5] != '/')
		return false;
	day = (path[0] - '0') * 10 + path[1] - '0';
	hour = (path[3] - '0') * 10 + path[4] - '0';
	start = month_ms + ((day - 1) * 24L + hour) * MS_PER_HOUR;
	return start < reading->until_ms &&
	       start + MS_PER_HOUR > reading->since_ms;
}

static int read_segment(struct reading *reading, const struct tree_entry *entry,
			struct err *err)
{
	struct buf text;
	int ret;

	if (is_segment_read(reading, &entry->id))
		return 0;
	buf_init(&text, LIMIT_SEGMENT_BYTES);
	ret = blob_read(&text, reading->repo, &entry->id, err);
	if (!ret) {
		read_lines(reading, entry->path, &text);
		mark_segment_read(reading, &entry->id);
	}
	buf_release(&text);
	return ret;
}

/* When "…/2026-11" begins; -1 if it is no month. */
static int64_t month_start(const char *ref)
{
	const char *name = strrchr(ref, '/') + 1;
	struct tm tm = { .tm_mday = 1 };
	int year, month;
	char rest;

	if (sscanf(name, "%4d-%2d%c", &year, &month, &rest) != 2 || /* NOLINT */
	    month < 1 || month > 12)
		return -1;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	return (int64_t)timegm(&tm) * 1000;
}

static int read_month(struct reading *reading, const struct ref_entry *ref,
		      struct err *err)
{
	const int64_t longest = MS_PER_HOUR * 24 * 31;
	int64_t start = month_start(ref->name);
	struct tree_list list;
	struct oid tree;
	int ret = 0;

	if (start < 0 || start >= reading->until_ms ||
	    start + longest <= reading->since_ms || is_ref_read(reading, ref))
		return 0;
	if (tree_of_commit(&tree, reading->repo, &ref->id, err) < 0 ||
	    tree_list(&list, reading->repo, &tree, "", true, LIMIT_STATE_FILES,
		      err) < 0)
		return err_prefix(err, "%s", ref->name);
	for (size_t i = 0; !ret && !reading->is_stopped && i < list.len; i++)
		if (is_wanted(reading, start, list.items[i].path))
			ret = read_segment(reading, &list.items[i], err);
	tree_list_release(&list);
	if (!ret)
		mark_ref_read(reading, ref);
	return ret;
}

static int read_all(struct reading *reading, struct err *err)
{
	struct ref_list refs;
	int ret = 0;

	if (ref_list(&refs, reading->repo, LEDGER_REFS, err) < 0)
		return -1;
	for (size_t i = 0; !ret && !reading->is_stopped && i < refs.len; i++)
		ret = read_month(reading, &refs.items[i], err);
	ref_list_release(&refs);
	return ret;
}

int ledger_each(struct repo *repo, int64_t since_ms, int64_t until_ms,
		ledger_visit_fn *visit, void *payload, struct err *err)
{
	struct reading reading = { .repo = repo,
				   .since_ms = since_ms,
				   .until_ms = until_ms,
				   .visit = visit,
				   .payload = payload };

	return read_all(&reading, err);
}

int ledger_each_new(struct repo *repo, struct ledger_cursor *cursor,
		    int64_t since_ms, ledger_visit_fn *visit, void *payload,
		    struct err *err)
{
	struct reading reading = { .repo = repo,
				   .cursor = cursor,
				   .since_ms = since_ms,
				   .until_ms = INT64_MAX,
				   .visit = visit,
				   .payload = payload };

	return read_all(&reading, err);
}

struct search {
	bool *has;
	const struct ledger_line **lines; /* by id */
	const struct ledger_list *list;
};

static int compare_ids(const void *a, const void *b)
{
	const struct ledger_line *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

static bool mark(const struct ledger_line *line, void *payload)
{
	struct search *search = payload;
	const struct ledger_line *const *found =
		bsearch(&line, search->lines, search->list->len, sizeof(void *),
			compare_ids);

	if (found)
		search->has[*found - search->list->items] = true;
	return true;
}

int ledger_has(bool *has, struct repo *repo, const struct ledger_list *lines,
	       struct err *err)
{
	struct search search = { .has = has, .list = lines };
	int64_t first = INT64_MAX, last = INT64_MIN;
	int ret = 0;

	memset(has, 0, lines->len * sizeof(*has));
	search.lines = xcalloc(lines->len + 1, sizeof(void *));
	for (size_t i = 0; i < lines->len; i++) {
		search.lines[i] = &lines->items[i];
		if (lines->items[i].at_ms < first)
			first = lines->items[i].at_ms;
		if (lines->items[i].at_ms > last)
			last = lines->items[i].at_ms;
	}
	qsort(search.lines, lines->len, sizeof(void *), compare_ids);
	if (lines->len)
		ret = ledger_each(repo, first, last + 1, mark, &search, err);
	free(search.lines);
	return ret;
}
