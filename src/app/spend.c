#include "app/spend.h"

#include <stdlib.h>
#include <string.h>

#include "app/clone.h"
#include "app/instance.h"
#include "core/alloc.h"
#include "core/log.h"
#include "io/file.h"
#include "repo/fetch.h"
#include "repo/push.h"
#include "store/books.h"
#include "store/janitor.h"
#include "store/journal.h"

#define LEDGER_REFS "refs/referee/ledger/"

/* As many lines as a segment of the ledger has. */
#define FLUSH_LINES 500

/* A control repository that takes longer is as good as down. */
#define REMOTE_TIMEOUT_MS 30000

struct spend {
	char *state_dir;
	char *git_dir;
	struct repo *repo; /* NULL: there is none yet */
	const struct settings *settings;
	char instance[ULID_SIZE]; /* "": not needed yet */
	struct journal *journal;  /* NULL: nothing to write yet */
	struct books *books;      /* NULL: nobody has asked yet */
	size_t unflushed;
	bool is_fetched; /* just now: not again for the first round    */
	bool is_pushed;  /* the control repository has all of ours     */
};

static struct remote_options remote_options(const struct spend *spend)
{
	return (struct remote_options){
		.ca_file = spend->settings->ca_file,
		.proxy = spend->settings->proxy,
		.timeout_ms = REMOTE_TIMEOUT_MS,
	};
}

/* What others have spent. Ours only moves forward: it may be ahead. */
static void fetch_ledger(struct spend *spend)
{
	static const char *const refspecs[] = { LEDGER_REFS "*:" LEDGER_REFS
							    "*" };
	const char *url = spend->settings->control_remote;
	struct remote_options options = remote_options(spend);
	struct fetch_request request = { .url = url,
					 .refspecs = refspecs,
					 .refspec_count = 1,
					 .options = &options };
	struct fetch_result result = { 0 };
	struct err err = ERR_INIT;

	if (!url)
		return;
	if (repo_fetch(&result, spend->repo, &request, &err) < 0)
		log_warn("control repository: %s; only what is known here "
			 "counts against the budgets",
			 err.msg);
	fetch_result_release(&result);
	spend->is_fetched = true;
}

/* Which of ours are not where the remote has them. */
static size_t refs_to_push(struct push_ref *out, const struct ref_list *ours,
			   const struct remote_refs *theirs)
{
	size_t count = 0;

	for (size_t i = 0; i < ours->len; i++) {
		const struct ref_entry *there =
			remote_refs_find(theirs, ours->items[i].name);

		if (there && oid_equal(&there->id, &ours->items[i].id))
			continue;
		out[count++] = (struct push_ref){
			.name = ours->items[i].name,
			.expected = there ? &there->id : NULL,
			.target = &ours->items[i].id,
		};
	}
	return count;
}

static int push_ledger(struct spend *spend, struct err *err)
{
	const char *url = spend->settings->control_remote;
	struct remote_options options = remote_options(spend);
	struct push_request request = { .url = url, .options = &options };
	struct remote_refs theirs = { 0 };
	struct ref_list ours = { 0 };
	char *prefix;
	int ret;

	if (!url)
		return 0;
	prefix = xstrf(LEDGER_REFS "%s/", spend->instance);
	ret = ref_list(&ours, spend->repo, prefix, err);
	if (!ret && ours.len)
		ret = remote_list_refs(&theirs, url,
				       (const char *const *)&prefix, 1,
				       &options, err);
	if (!ret && ours.len) {
		request.refs = xcalloc(ours.len, sizeof(*request.refs));
		request.ref_count = refs_to_push(request.refs, &ours, &theirs);
		if (request.ref_count)
			ret = repo_push(spend->repo, &request, err);
		free(request.refs);
	}
	remote_refs_release(&theirs);
	ref_list_release(&ours);
	free(prefix);
	spend->is_pushed = ret == 0;
	return ret < 0 ? err_prefix(err, "control repository") : 0;
}

static int need_repo(struct spend *spend, struct err *err)
{
	if (spend->repo)
		return 0;
	return repo_init_bare(&spend->repo, spend->git_dir, err);
}

static int need_journal(struct spend *spend, struct err *err)
{
	if (spend->journal)
		return 0;
	return journal_open(&spend->journal, spend->state_dir, err);
}

static int need_instance(struct spend *spend, struct err *err)
{
	if (spend->instance[0])
		return 0;
	return instance_id(spend->instance, spend->state_dir, err);
}

/* From the journals into the ledger. */
static int move_lines(struct spend *spend, struct err *err)
{
	if (need_journal(spend, err) < 0 || need_instance(spend, err) < 0 ||
	    need_repo(spend, err) < 0 ||
	    journal_flush(spend->journal, spend->repo, spend->instance, err) <
		    0)
		return -1;
	spend->unflushed = 0;
	spend->is_pushed = false;
	if (spend->books)
		books_own_moved(spend->books);
	return 0;
}

void spend_recover(struct spend *spend)
{
	char *folder = xstrf("%s/journal", spend->state_dir);
	struct err err = ERR_INIT;

	/* Nobody ever asked a service from here: nothing to look for. */
	if (file_exists(folder) && move_lines(spend, &err) < 0)
		log_warn("spending: %s", err.msg);
	free(folder);
}

int spend_flush(struct spend *spend, struct err *err)
{
	if (move_lines(spend, err) < 0)
		return -1;
	return push_ledger(spend, err);
}

static int exchange_own(struct spend *spend, struct err *err)
{
	if (spend->unflushed)
		return spend_flush(spend, err);
	if (spend->is_pushed)
		return 0;
	return need_instance(spend, err) < 0 ? -1 : push_ledger(spend, err);
}

void spend_exchange(struct spend *spend)
{
	struct err err = ERR_INIT;

	if (!spend->settings->control_remote)
		return;
	if (exchange_own(spend, &err) < 0)
		log_warn("spending: %s; the next round tries again", err.msg);
	if (!spend->is_fetched)
		fetch_ledger(spend);
	spend->is_fetched = false;
}

static struct spend *spend_new(char *state_dir, char *git_dir,
			       const struct settings *settings)
{
	struct spend *spend = xcalloc(1, sizeof(*spend));

	spend->state_dir = state_dir;
	spend->git_dir = git_dir;
	spend->settings = settings;
	return spend;
}

static void spend_free(struct spend *spend)
{
	journal_free(spend->journal);
	books_free(spend->books);
	repo_free(spend->repo);
	free(spend->git_dir);
	free(spend->state_dir);
	free(spend);
}

int spend_open_clone(struct spend **out, const struct repo *repo,
		     const struct settings *settings, struct err *err)
{
	struct spend *spend = spend_new(clone_state_dir(repo),
					xstrdup(repo_git_dir(repo)), settings);

	if (repo_reopen(&spend->repo, repo, err) < 0) {
		spend_free(spend);
		return -1;
	}
	fetch_ledger(spend);
	*out = spend;
	return 0;
}

void spend_clean(const struct settings *settings)
{
	char *control = xstrf("%s/control.git", settings->state_dir);
	struct janitor_report cleaned = { 0 };
	struct err err = ERR_INIT;

	if (janitor_clean(&cleaned, control, JANITOR_LOCKS_MS, &err) < 0)
		log_warn("control repository: %s", err.msg);
	janitor_tell(&cleaned, "control repository");
	free(control);
}

int spend_open_installation(struct spend **out, const struct settings *settings,
			    struct err *err)
{
	struct spend *spend = spend_new(
		xstrdup(settings->state_dir),
		xstrf("%s/control.git", settings->state_dir), settings);

	if ((settings->control_remote || file_exists(spend->git_dir)) &&
	    need_repo(spend, err) < 0) {
		spend_free(spend);
		return -1;
	}
	fetch_ledger(spend);
	*out = spend;
	return 0;
}

void spend_close(struct spend *spend)
{
	struct err err = ERR_INIT;

	if (!spend)
		return;
	if (spend->journal && spend_flush(spend, &err) < 0)
		log_warn("spending: %s; the next request tries again", err.msg);
	spend_free(spend);
}

const char *spend_state_dir(const struct spend *spend)
{
	return spend->state_dir;
}

int spend_read(struct spend_table *out, const struct spend *spend,
	       const struct spend_query *query, struct err *err)
{
	return spending_read(out, spend->repo, spend->state_dir, query, err);
}

/* The gateway's lines are borrowed; these own their texts. */
static struct ledger_line line_of(const struct spending_line *from)
{
	struct ledger_line line = {
		.at_ms = from->at_ms,
		.attempt = from->attempt,
		.reserved_nusd = from->reserved_nusd,
		.cost_nusd = from->cost_nusd,
		.cost_unknown = from->cost_unknown,
		.is_batch = from->is_batch,
		.duration_ms = from->duration_ms,
		.input_tokens = from->input_tokens,
		.cached_tokens = from->cached_tokens,
		.cache_write_tokens = from->cache_write_tokens,
		.output_tokens = from->output_tokens,
	};
	const struct {
		char **to;
		const char *text;
	} texts[] = {
		{ &line.project, from->project },
		{ &line.workflow, from->workflow },
		{ &line.agent, from->agent },
		{ &line.run, from->run },
		{ &line.service, from->service },
		{ &line.model, from->model },
		{ &line.status, from->status },
	};

	memcpy(line.id, from->id, sizeof(line.id));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i].to = texts[i].text ? xstrdup(texts[i].text) : NULL;
	return line;
}

static int read_books(struct spend *spend, struct books_reading *reading,
		      struct err *err)
{
	/* Another process may have made it meanwhile. */
	if (file_exists(spend->git_dir) && need_repo(spend, err) < 0)
		return -1;
	reading->repo = spend->repo;
	reading->own_path = spend->journal ? journal_path(spend->journal)
					   : NULL;
	return books_read(spend->books, reading, err);
}

static int begin(void *payload, int64_t since_ms, books_change_fn *tell,
		 void *tell_payload, struct err *err)
{
	struct spend *spend = payload;
	struct books_reading reading = { .since_ms = since_ms,
					 .tell = tell,
					 .payload = tell_payload };

	if (!spend->books) {
		if (file_make_dirs(spend->state_dir, 0700, err) < 0)
			return -1;
		spend->books = books_new(spend->state_dir);
	}
	if (books_lock(spend->books, err) < 0)
		return -1;
	if (read_books(spend, &reading, err) < 0) {
		books_unlock(spend->books);
		return err_prefix(err, "what was spent before");
	}
	return 0;
}

static void end(void *payload)
{
	const struct spend *spend = payload;

	books_unlock(spend->books);
}

static int reserve(void *payload, const struct spending_line *from,
		   struct err *err)
{
	struct spend *spend = payload;
	struct ledger_line line;
	int ret;

	if (need_journal(spend, err) < 0)
		return -1;
	line = line_of(from);
	ret = journal_reserve(spend->journal, &line, err);
	if (!ret)
		books_note_own(spend->books, &line, false);
	ledger_line_release(&line);
	return ret;
}

static int settle(void *payload, const struct spending_line *from,
		  struct err *err)
{
	struct spend *spend = payload;
	struct ledger_line line = line_of(from);
	int ret = journal_settle(spend->journal, &line, err);

	if (!ret)
		books_note_own(spend->books, &line, true);
	ledger_line_release(&line);
	if (ret < 0 || ++spend->unflushed < FLUSH_LINES)
		return ret;
	return move_lines(spend, err);
}

static int written(void *payload, bool *out, const struct spending_line *from,
		   size_t count, struct err *err)
{
	struct spend *spend = payload;
	struct ledger_list lines = { 0 }, journals = { 0 };
	int ret;

	for (size_t i = 0; i < count; i++) {
		ARRAY_GROW(lines.items, lines.len, lines.cap);
		lines.items[lines.len++] = line_of(&from[i]);
		out[i] = false;
	}
	/* The journals first: a line moves from there into the ledger. */
	ret = journals_read(&journals, spend->state_dir, err);
	if (!ret && spend->repo)
		ret = ledger_has(out, spend->repo, &lines, err);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < journals.len && !out[i]; j++)
			out[i] = !strcmp(journals.items[j].id, from[i].id) &&
				 strcmp(journals.items[j].status, "reserved") !=
					 0;
	ledger_list_release(&lines);
	ledger_list_release(&journals);
	return ret;
}

const struct spending_ops spend_ops = {
	.begin = begin,
	.end = end,
	.reserve = reserve,
	.settle = settle,
	.written = written,
};
