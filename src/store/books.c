#include "store/books.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/file.h"
#include "store/journal.h"

#define LOCK_NAME "spending.lock"

/* A line and its way to the disk take milliseconds. */
#define LOCK_WAIT_MS 5000

/* A journal of another process. Kept open, so that a file that takes its place
 * cannot look the same. */
struct follow {
	char *path;
	int fd;
	off_t at; /* read up to here */
	bool is_there;
	bool is_dead;
	UT_hash_handle hh;
};

/* A request, until the ledger has it and no journal any more. */
struct entry {
	char id[ULID_SIZE];
	char *project;
	int64_t at_ms;
	int64_t used_nusd, reserved_nusd; /* as it counts now */
	int64_t lost_nusd;                /* as it counts once nobody lives */
	const void *holder; /* the journal that has it; NULL: none does */
	bool is_own;
	bool is_in_ledger;
	UT_hash_handle hh;
};

struct books {
	char *state_dir;
	char *lock_path;
	struct file_lock *lock;
	struct follow *journals; /* by path */
	struct entry *entries;   /* by id */
	struct ledger_cursor *cursor;
};

struct books *books_new(const char *state_dir)
{
	struct books *books = xcalloc(1, sizeof(*books));

	books->state_dir = xstrdup(state_dir);
	books->lock_path = xstrf("%s/" LOCK_NAME, state_dir);
	books->cursor = ledger_cursor_new();
	return books;
}

static void entry_free(struct entry *entry)
{
	free(entry->project);
	free(entry);
}

static void follow_free(struct follow *journal)
{
	close(journal->fd);
	free(journal->path);
	free(journal);
}

void books_free(struct books *books)
{
	struct follow *journal, *next_journal;
	struct entry *entry, *next_entry;

	if (!books)
		return;
	journal = books->journals;
	HASH_CLEAR(hh, books->journals);
	for (; journal; journal = next_journal) {
		next_journal = journal->hh.next;
		follow_free(journal);
	}
	entry = books->entries;
	HASH_CLEAR(hh, books->entries);
	for (; entry; entry = next_entry) {
		next_entry = entry->hh.next;
		entry_free(entry);
	}
	ledger_cursor_free(books->cursor);
	books_unlock(books);
	free(books->lock_path);
	free(books->state_dir);
	free(books);
}

int books_lock(struct books *books, struct err *err)
{
	return file_lock_take(&books->lock, books->lock_path, LOCK_WAIT_MS,
			      err);
}

void books_unlock(struct books *books)
{
	file_lock_free(books->lock);
	books->lock = NULL;
}

static struct entry *find(const struct books *books, const char *id)
{
	struct entry *entry;

	HASH_FIND_STR(books->entries, id, entry);
	return entry;
}

static struct entry *add(struct books *books, const struct ledger_line *line)
{
	struct entry *entry = xcalloc(1, sizeof(*entry));

	memcpy(entry->id, line->id, sizeof(entry->id));
	entry->project = line->project ? xstrdup(line->project) : NULL;
	entry->at_ms = line->at_ms;
	HASH_ADD_STR(books->entries, id, entry);
	return entry;
}

static void drop(struct books *books, struct entry *entry)
{
	HASH_DEL(books->entries, entry);
	entry_free(entry);
}

/* No journal has it any more: it is in the ledger, or will be seen there. */
static void let_go(struct books *books, struct entry *entry)
{
	entry->holder = NULL;
	if (entry->is_in_ledger || !entry->used_nusd)
		drop(books, entry);
}

static void let_all_go(struct books *books, const void *holder)
{
	struct entry *entry, *next;

	for (entry = books->entries; entry; entry = next) {
		next = entry->hh.next;
		if (entry->holder == holder)
			let_go(books, entry);
	}
}

static void count(struct entry *entry, int64_t used_nusd, int64_t reserved_nusd,
		  const struct books_reading *reading)
{
	struct books_change change = {
		.project = entry->project,
		.at_ms = entry->at_ms,
		.used_nusd = used_nusd - entry->used_nusd,
		.reserved_nusd = reserved_nusd - entry->reserved_nusd,
	};

	entry->used_nusd = used_nusd;
	entry->reserved_nusd = reserved_nusd;
	if (reading && !entry->is_own &&
	    (change.used_nusd || change.reserved_nusd))
		reading->tell(&change, reading->payload);
}

/* The first line of an id in a file reserves, the second settles. */
static void take_line(struct books *books, const void *holder,
		      const struct ledger_line *line,
		      const struct books_reading *reading)
{
	struct entry *entry = find(books, line->id);
	bool is_settled = entry && entry->holder == holder;

	if (!entry)
		entry = add(books, line);
	entry->holder = holder;
	if (entry->is_in_ledger)
		return;
	entry->lost_nusd = is_settled ? line->cost_nusd
				      : journal_lost_nusd(line);
	if (is_settled)
		count(entry, line->cost_nusd, 0, reading);
	else
		count(entry, line->reserved_nusd, line->reserved_nusd, reading);
}

static off_t take_lines(struct books *books, const struct follow *journal,
			const struct buf *text,
			const struct books_reading *reading)
{
	const char *at = text->ptr, *end = at + text->len, *stop;

	for (; (stop = memchr(at, '\n', (size_t)(end - at))); at = stop + 1) {
		struct err err = ERR_INIT;
		struct ledger_line line;

		if (ledger_line_parse(&line, at, (size_t)(stop - at), &err) <
		    0) {
			log_warn("%s: %s", journal->path, err.msg);
			continue;
		}
		take_line(books, journal, &line, reading);
		ledger_line_release(&line);
	}
	return at - text->ptr;
}

/* What was appended since; a line without an end waits for it. */
static int read_on(struct books *books, struct follow *journal,
		   const struct books_reading *reading, struct err *err)
{
	char chunk[16384];
	struct buf text;
	ssize_t done;
	int ret;

	buf_init(&text, LIMIT_JOURNAL_BYTES);
	do {
		done = pread(journal->fd, chunk, sizeof(chunk),
			     journal->at + (off_t)text.len);
		if (done > 0)
			buf_add(&text, chunk, (size_t)done);
	} while ((done > 0 && !text.overflow) || (done < 0 && errno == EINTR));
	ret = done < 0 ? err_set_errno(err, "%s", journal->path)
		       : buf_check(&text, journal->path, err);
	if (!ret && text.len)
		journal->at += take_lines(books, journal, &text, reading);
	buf_release(&text);
	return ret;
}

static void forget_journal(struct books *books, struct follow *journal)
{
	HASH_DEL(books->journals, journal);
	let_all_go(books, journal);
	follow_free(journal);
}

/* Is the open file still the one of that name? */
static bool is_same(const struct follow *journal)
{
	struct stat ours, there;

	return !fstat(journal->fd, &ours) && !stat(journal->path, &there) &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev &&
	       ours.st_size >= journal->at;
}

/* NULL without an error: it was removed meanwhile. */
static struct follow *journal_at(struct books *books, const char *path,
				 struct err *err)
{
	struct follow *journal;
	int fd;

	HASH_FIND_STR(books->journals, path, journal);
	if (journal && is_same(journal))
		return journal;
	if (journal)
		forget_journal(books, journal);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT)
			err_set_errno(err, "%s", path);
		return NULL;
	}
	journal = xcalloc(1, sizeof(*journal));
	journal->path = xstrdup(path);
	journal->fd = fd;
	HASH_ADD_KEYPTR(hh, books->journals, journal->path,
			strlen(journal->path), journal);
	return journal;
}

/* What a dead process has reserved is not waited for. */
static void bury(struct books *books, struct follow *journal,
		 const struct books_reading *reading)
{
	bool has_open = false;
	struct entry *entry;

	for (entry = books->entries; entry && !has_open; entry = entry->hh.next)
		has_open = entry->holder == journal && entry->reserved_nusd;
	if (!has_open || journal_is_alive(journal->path))
		return;
	journal->is_dead = true;
	for (entry = books->entries; entry; entry = entry->hh.next)
		if (entry->holder == journal)
			count(entry, entry->lost_nusd, 0, reading);
}

static int follow(struct books *books, const char *path,
		  const struct books_reading *reading, struct err *err)
{
	struct follow *journal = journal_at(books, path, err);

	if (!journal)
		return err->code ? -1 : 0;
	journal->is_there = true;
	if (read_on(books, journal, reading, err) < 0)
		return -1;
	if (!journal->is_dead)
		bury(books, journal, reading);
	return 0;
}

static int read_journals(struct books *books,
			 const struct books_reading *reading, struct err *err)
{
	struct strvec paths = STRVEC_INIT;
	struct follow *journal, *next;
	int ret = journals_list(&paths, books->state_dir, err);

	for (journal = books->journals; journal; journal = journal->hh.next)
		journal->is_there = false;
	for (size_t i = 0; !ret && i < paths.len; i++)
		if (!reading->own_path ||
		    strcmp(paths.v[i], reading->own_path) != 0)
			ret = follow(books, paths.v[i], reading, err);
	for (journal = books->journals; !ret && journal; journal = next) {
		next = journal->hh.next;
		if (!journal->is_there)
			forget_journal(books, journal);
	}
	strvec_release(&paths);
	return ret;
}

struct visit {
	struct books *books;
	const struct books_reading *reading;
};

static bool visit(const struct ledger_line *line, void *payload)
{
	const struct visit *visit = payload;
	const struct books_reading *reading = visit->reading;
	struct entry *entry = find(visit->books, line->id);

	if (!entry) {
		struct books_change change = { .project = line->project,
					       .at_ms = line->at_ms,
					       .used_nusd = line->cost_nusd };

		reading->tell(&change, reading->payload);
		return true;
	}
	count(entry, line->cost_nusd, 0, reading);
	entry->is_in_ledger = true;
	if (!entry->holder)
		drop(visit->books, entry);
	return true;
}

int books_read(struct books *books, const struct books_reading *reading,
	       struct err *err)
{
	struct visit all = { books, reading };

	/* The journals first: what moves into the ledger meanwhile is then seen
	 * twice, which is noticed, and not missed. */
	if (read_journals(books, reading, err) < 0)
		return -1;
	return reading->repo
		       ? ledger_each_new(reading->repo, books->cursor,
					 reading->since_ms, visit, &all, err)
		       : 0;
}

void books_note_own(struct books *books, const struct ledger_line *line,
		    bool is_settled)
{
	struct entry *entry = find(books, line->id);

	if (!entry)
		entry = add(books, line);
	entry->is_own = true;
	entry->holder = books;
	entry->used_nusd = is_settled ? line->cost_nusd : line->reserved_nusd;
	entry->reserved_nusd = is_settled ? 0 : line->reserved_nusd;
}

void books_own_moved(struct books *books)
{
	struct entry *entry, *next;

	for (entry = books->entries; entry; entry = next) {
		next = entry->hh.next;
		if (entry->holder == books && !entry->reserved_nusd)
			let_go(books, entry);
	}
}
