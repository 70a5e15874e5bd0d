#include "store/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/file.h"

/*
 * A file holds lines of the ledger's form. The first line of an id reserves,
 * the second settles. STATE/journal/<ulid>.jsonl, locked by <ulid>.lock.
 */
#define FOLDER      "journal"
#define FILE_SUFFIX ".jsonl"
#define LOCK_SUFFIX ".lock"

struct entry {
	struct ledger_line line;
	bool is_settled;
};

struct entries {
	struct entry *items;
	size_t len, cap;
};

struct journal {
	char *folder;
	char *path;
	char *lock_path;
	struct file_lock *lock;
	int fd;
	struct entries entries;
};

static void entries_release(struct entries *entries)
{
	for (size_t i = 0; i < entries->len; i++)
		ledger_line_release(&entries->items[i].line);
	free(entries->items);
	memset(entries, 0, sizeof(*entries));
}

/* The latest first: an id is settled soon after it is reserved. */
static struct entry *find(const struct entries *entries, const char *id)
{
	for (size_t i = entries->len; i-- > 0;)
		if (!strcmp(entries->items[i].line.id, id))
			return &entries->items[i];
	return NULL;
}

static struct ledger_line copy_line(const struct ledger_line *line)
{
	struct ledger_list one = { 0 };
	struct ledger_line copy;

	ledger_list_add(&one, line);
	copy = one.items[0];
	free(one.items);
	return copy;
}

/* Notes a line that is on disk. */
static void note(struct entries *entries, const struct ledger_line *line)
{
	struct entry *there = find(entries, line->id);

	if (there) {
		ledger_line_release(&there->line);
		there->line = copy_line(line);
		there->is_settled = true;
		return;
	}
	ARRAY_GROW(entries->items, entries->len, entries->cap);
	entries->items[entries->len++] =
		(struct entry){ .line = copy_line(line) };
}

/* The last line of a killed process may be cut: nothing followed it, so what it
 * was to tell did not happen, or is still reserved by the line before. */
static void read_text(struct entries *entries, const char *path,
		      const struct buf *text)
{
	const char *at = text->ptr, *end = at + text->len, *stop;

	for (; (stop = memchr(at, '\n', (size_t)(end - at))); at = stop + 1) {
		struct err err = ERR_INIT;
		struct ledger_line line;

		if (ledger_line_parse(&line, at, (size_t)(stop - at), &err) <
		    0) {
			log_warn("%s: %s", path, err.msg);
			continue;
		}
		note(entries, &line);
		ledger_line_release(&line);
	}
}

static int read_file(struct entries *entries, const char *path, struct err *err)
{
	struct buf text;
	int ret;

	buf_init(&text, LIMIT_JOURNAL_BYTES);
	ret = file_read(&text, path, err);
	if (!ret)
		read_text(entries, path, &text);
	else if (err->code == ERR_NOT_FOUND) {
		*err = (struct err)ERR_INIT; /* adopted meanwhile */
		ret = 0;
	}
	buf_release(&text);
	return ret;
}

int journal_open(struct journal **out, const char *state_dir, struct err *err)
{
	struct journal *journal = xcalloc(1, sizeof(*journal));
	char id[ULID_SIZE];

	ulid_new(id);
	journal->fd = -1;
	journal->folder = xstrf("%s/" FOLDER, state_dir);
	journal->path = xstrf("%s/%s" FILE_SUFFIX, journal->folder, id);
	journal->lock_path = xstrf("%s/%s" LOCK_SUFFIX, journal->folder, id);
	if (file_make_dirs(journal->folder, 0700, err) < 0 ||
	    file_lock_take(&journal->lock, journal->lock_path, 0, err) < 0)
		goto fail;
	journal->fd = open(journal->path,
			   O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (journal->fd < 0) {
		err_set_errno(err, "%s", journal->path);
		goto fail;
	}
	*out = journal;
	return 0;
fail:
	journal_free(journal);
	return -1;
}

void journal_free(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->fd >= 0)
		close(journal->fd);
	/* Nothing in it: leave nothing behind. */
	if (journal->lock && !journal->entries.len) {
		unlink(journal->path);
		unlink(journal->lock_path);
	}
	file_lock_free(journal->lock);
	entries_release(&journal->entries);
	free(journal->folder);
	free(journal->path);
	free(journal->lock_path);
	free(journal);
}

static int write_all(int fd, const char *at, size_t len)
{
	while (len) {
		ssize_t done = write(fd, at, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		at += done;
		len -= (size_t)done;
	}
	return 0;
}

static int append(struct journal *journal, const struct ledger_line *line,
		  struct err *err)
{
	off_t before = lseek(journal->fd, 0, SEEK_END);
	struct buf text;
	int ret = 0;

	buf_init(&text, LIMIT_JOURNAL_BYTES);
	ledger_line_format(&text, line);
	fault_point("journal.write");
	if (write_all(journal->fd, text.ptr, text.len) < 0 ||
	    fdatasync(journal->fd) < 0) {
		ret = err_set_errno(err, "%s", journal->path);
		/* Half a line (disk full) would spoil the next one. */
		if (before < 0 || ftruncate(journal->fd, before) < 0)
			log_error("%s: cannot be cut back", journal->path);
	}
	buf_release(&text);
	if (!ret)
		note(&journal->entries, line);
	return ret;
}

int journal_reserve(struct journal *journal, const struct ledger_line *line,
		    struct err *err)
{
	if (find(&journal->entries, line->id))
		return err_set(err, ERR_INVALID, "request %s is reserved twice",
			       line->id);
	return append(journal, line, err);
}

int journal_settle(struct journal *journal, const struct ledger_line *line,
		   struct err *err)
{
	const struct entry *there = find(&journal->entries, line->id);

	if (!there || there->is_settled)
		return err_set(err, ERR_INVALID, "request %s was not reserved",
			       line->id);
	return append(journal, line, err);
}

const char *journal_path(const struct journal *journal)
{
	return journal->path;
}

/* Moving into the ledger. */

int64_t journal_lost_nusd(const struct ledger_line *line)
{
	return line->is_batch ? 0 : line->reserved_nusd;
}

/* What became of it nobody knows any more. */
static void give_up(struct ledger_line *line, int64_t cost_nusd,
		    const char *status)
{
	line->cost_nusd = cost_nusd;
	line->cost_unknown = true;
	free(line->status);
	line->status = xstrdup(status);
}

/* Appends those the ledger does not hold yet. */
static int append_missing(struct repo *repo, const char *instance,
			  const struct ledger_list *lines, struct err *err)
{
	bool *has = xcalloc(lines->len + 1, sizeof(*has));
	struct ledger_list missing = { 0 };
	int ret = ledger_has(has, repo, lines, err);

	for (size_t i = 0; !ret && i < lines->len; i++)
		if (!has[i])
			ledger_list_add(&missing, &lines->items[i]);
	fault_point("journal.flush");
	if (!ret && missing.len)
		ret = ledger_append(repo, instance, &missing, err);
	ledger_list_release(&missing);
	free(has);
	return ret;
}

/* Replaces the file by one of what is not settled. */
static int rewrite(struct journal *journal, struct err *err)
{
	struct entries kept = { 0 };
	struct buf text;
	int ret, fd;

	buf_init(&text, LIMIT_JOURNAL_BYTES);
	for (size_t i = 0; i < journal->entries.len; i++) {
		const struct entry *entry = &journal->entries.items[i];

		if (entry->is_settled)
			continue;
		ledger_line_format(&text, &entry->line);
		note(&kept, &entry->line);
	}
	fault_point("journal.rewrite");
	ret = buf_check(&text, "journal", err);
	if (!ret)
		ret = file_write_atomic(journal->path, text.ptr, text.len, 0600,
					err);
	buf_release(&text);
	fd = ret < 0 ? -1
		     : open(journal->path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0) {
		entries_release(&kept);
		return ret < 0 ? -1 : err_set_errno(err, "%s", journal->path);
	}
	close(journal->fd);
	journal->fd = fd;
	entries_release(&journal->entries);
	journal->entries = kept;
	return 0;
}

static int flush_own(struct journal *journal, struct repo *repo,
		     const char *instance, struct err *err)
{
	struct ledger_list lines = { 0 };
	int ret = 0;

	for (size_t i = 0; i < journal->entries.len; i++)
		if (journal->entries.items[i].is_settled)
			ledger_list_add(&lines,
					&journal->entries.items[i].line);
	if (lines.len)
		ret = append_missing(repo, instance, &lines, err);
	if (!ret && lines.len)
		ret = rewrite(journal, err);
	ledger_list_release(&lines);
	return ret;
}

/* Of a process that is dead: we hold its lock. */
static int adopt(const char *path, struct repo *repo, const char *instance,
		 struct err *err)
{
	struct entries entries = { 0 };
	struct ledger_list lines = { 0 };
	int ret = read_file(&entries, path, err);

	for (size_t i = 0; i < entries.len; i++) {
		struct entry *entry = &entries.items[i];
		int64_t lost = journal_lost_nusd(&entry->line);

		if (!entry->is_settled && !lost)
			continue;
		if (!entry->is_settled)
			give_up(&entry->line, lost, "lost");
		ledger_list_add(&lines, &entry->line);
	}
	if (!ret && lines.len)
		ret = append_missing(repo, instance, &lines, err);
	fault_point("journal.adopt");
	if (!ret)
		ret = file_remove(path, err);
	ledger_list_release(&lines);
	entries_release(&entries);
	return ret;
}

static bool is_journal(const char *name)
{
	size_t len = strlen(name), suffix = strlen(FILE_SUFFIX);

	return len > suffix && !strcmp(name + len - suffix, FILE_SUFFIX);
}

/* No folder: none. */
static int list_journals(struct strvec *out, const char *folder,
			 struct err *err)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return err_set_errno(err, "%s", folder);
	while ((entry = readdir(dir))) /* NOLINT(concurrency-mt-unsafe) */
		if (is_journal(entry->d_name))
			strvec_addf(out, "%s/%s", folder, entry->d_name);
	closedir(dir);
	strvec_sort(out);
	return 0;
}

int journals_list(struct strvec *out, const char *state_dir, struct err *err)
{
	char *folder = xstrf("%s/" FOLDER, state_dir);
	int ret = list_journals(out, folder, err);

	free(folder);
	return ret;
}

static char *lock_path_of(const char *path)
{
	return xstrf("%.*s" LOCK_SUFFIX,
		     (int)(strlen(path) - strlen(FILE_SUFFIX)), path);
}

bool journal_is_alive(const char *path)
{
	char *lock_path = lock_path_of(path);
	struct file_lock *lock = NULL;
	struct err err = ERR_INIT;
	bool is_alive = file_lock_take(&lock, lock_path, 0, &err) < 0;

	file_lock_free(lock);
	free(lock_path);
	return is_alive;
}

static int adopt_if_dead(const struct journal *journal, const char *path,
			 struct repo *repo, const char *instance,
			 struct err *err)
{
	struct file_lock *lock = NULL;
	char *lock_path;
	int ret;

	if (!strcmp(path, journal->path))
		return 0;
	lock_path = lock_path_of(path);
	ret = file_lock_take(&lock, lock_path, 0, err);
	if (ret < 0 && err->code == ERR_CONFLICT) {
		*err = (struct err)ERR_INIT; /* it lives */
		ret = 0;
	} else if (!ret) {
		ret = adopt(path, repo, instance, err);
		if (!ret)
			unlink(lock_path);
	}
	file_lock_free(lock);
	free(lock_path);
	return ret;
}

int journal_flush(struct journal *journal, struct repo *repo,
		  const char *instance, struct err *err)
{
	struct strvec paths = STRVEC_INIT;
	int ret = flush_own(journal, repo, instance, err);

	if (!ret)
		ret = list_journals(&paths, journal->folder, err);
	for (size_t i = 0; !ret && i < paths.len; i++)
		ret = adopt_if_dead(journal, paths.v[i], repo, instance, err);
	strvec_release(&paths);
	return ret < 0 ? err_prefix(err, "journal") : 0;
}

/* What is not settled counts as it was reserved. A batch's question may be in
 * two journals: its id counts once. */
static int read_journal(struct entries *all, const char *path, struct err *err)
{
	size_t before = all->len;
	bool is_alive = journal_is_alive(path);

	if (read_file(all, path, err) < 0)
		return -1;
	for (size_t i = before; i < all->len; i++) {
		struct ledger_line *line = &all->items[i].line;

		if (!all->items[i].is_settled)
			give_up(line,
				is_alive ? line->reserved_nusd
					 : journal_lost_nusd(line),
				JOURNAL_RESERVED);
	}
	return 0;
}

int journals_read(struct ledger_list *out, const char *state_dir,
		  struct err *err)
{
	struct strvec paths = STRVEC_INIT;
	struct entries all = { 0 };
	int ret = journals_list(&paths, state_dir, err);

	for (size_t i = 0; !ret && i < paths.len; i++)
		ret = read_journal(&all, paths.v[i], err);
	for (size_t i = 0; !ret && i < all.len; i++)
		ledger_list_add(out, &all.items[i].line);
	entries_release(&all);
	strvec_release(&paths);
	return ret;
}
