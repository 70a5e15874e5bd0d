#include "code/secrets.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "code/personal.h"
#include "code/secret_kind.h"
#include "code/secret_search.h"
#include "core/alloc.h"
#include "io/file.h"

struct secrets {
	struct secret_tools tools;
	pthread_mutex_t lock; /* of `spare` */
	struct secret_room *spare;
};

int secrets_new(struct secrets **out, const struct secrets_options *options,
		struct err *err)
{
	static const struct secrets_options defaults = { NULL, false };
	struct secrets *secrets = xcalloc(1, sizeof(*secrets));

	if (!options)
		options = &defaults;
	pthread_mutex_init(&secrets->lock, NULL);
	if (prefilter_new(&secrets->tools.prefilter, options->cache_dir,
			  options->portable, err) < 0 ||
	    matchers_new(&secrets->tools.matchers, err) < 0) {
		secrets_free(secrets);
		return -1;
	}
	secrets->tools.names = secret_names_new();
	secrets->tools.plausible = plausible_new();
	*out = secrets;
	return 0;
}

void secrets_free(struct secrets *secrets)
{
	if (!secrets)
		return;
	while (secrets->spare) {
		struct secret_room *room = secrets->spare;

		secrets->spare = room->next;
		secret_room_free(room);
	}
	plausible_free(secrets->tools.plausible);
	secret_names_free(secrets->tools.names);
	matchers_free(secrets->tools.matchers);
	prefilter_free(secrets->tools.prefilter);
	pthread_mutex_destroy(&secrets->lock);
	free(secrets);
}

static struct {
	pthread_mutex_t lock;
	struct secrets *secrets;
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void free_shared(void)
{
	secrets_free(shared.secrets);
}

static bool can_keep_in(const char *dir, mode_t mode)
{
	struct err ignored = ERR_INIT;

	return file_make_dirs(dir, mode, &ignored) == 0 &&
	       access(dir, W_OK | X_OK) == 0;
}

/* Under sudo, HOME may be somebody else's: what they can change, we do not
 * read. */
static bool is_ours(const char *dir)
{
	struct stat st;

	return stat(dir, &st) == 0 && st.st_uid == geteuid();
}

/* The caller frees it; NULL: nowhere. */
static char *find_cache_dir(const char *otherwise)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir = NULL;

	if (base && *base == '/')
		dir = xstrf("%s/referee", base);
	else if (home && *home == '/')
		dir = xstrf("%s/.cache/referee", home);
	if (dir && can_keep_in(dir, 0700) && is_ours(dir))
		return dir;
	free(dir);
	return otherwise && can_keep_in(otherwise, 0755) ? xstrdup(otherwise)
							 : NULL;
}

int secrets_shared(struct secrets **out, const char *otherwise, struct err *err)
{
	struct secrets_options options = { NULL, false };
	char *cache_dir = NULL;
	int ret = 0;

	pthread_mutex_lock(&shared.lock);
	if (!shared.secrets) {
		cache_dir = find_cache_dir(otherwise);
		options.cache_dir = cache_dir;
		ret = secrets_new(&shared.secrets, &options, err);
		if (ret == 0)
			atexit(free_shared);
	}
	*out = shared.secrets;
	pthread_mutex_unlock(&shared.lock);
	free(cache_dir);
	return ret;
}

const char *secrets_engine(const struct secrets *secrets)
{
	return prefilter_engine(secrets->tools.prefilter);
}

static struct secret_room *take_room(struct secrets *secrets)
{
	struct secret_room *room;

	pthread_mutex_lock(&secrets->lock);
	room = secrets->spare;
	if (room)
		secrets->spare = room->next;
	pthread_mutex_unlock(&secrets->lock);
	return room ? room : secret_room_new(&secrets->tools);
}

static void give_room(struct secrets *secrets, struct secret_room *room)
{
	pthread_mutex_lock(&secrets->lock);
	room->next = secrets->spare;
	secrets->spare = room;
	pthread_mutex_unlock(&secrets->lock);
}

static int by_place(const void *a, const void *b)
{
	const struct secret_hit *left = a;
	const struct secret_hit *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return left->end < right->end ? -1 : left->end > right->end;
}

static bool is_personal(unsigned kind)
{
	return kind >= secret_kind_count();
}

/* How much a kind says: a key block, a provider's form, a name, a person. */
static unsigned rank_of(const struct secret_hit *hit)
{
	unsigned flags;

	if (is_personal(hit->kind))
		return 3;
	flags = secret_kind_at(hit->kind)->flags;
	if (flags & KIND_BLOCK)
		return 0;
	return flags & ~(unsigned)KIND_ANYCASE ? 2 : 1;
}

static bool says_more(const struct secret_hit *one,
		      const struct secret_hit *other)
{
	unsigned one_rank = rank_of(one);
	unsigned other_rank = rank_of(other);

	if (one_rank != other_rank)
		return one_rank < other_rank;
	if (one->end - one->start != other->end - other->start)
		return one->end - one->start > other->end - other->start;
	return one->kind < other->kind;
}

/* Two that overlap become one place of the more telling kind. */
static void unite(struct secret_hit *hit, const struct secret_hit *other)
{
	if (says_more(other, hit)) {
		hit->kind = other->kind;
		hit->sample = other->sample;
	}
	if (other->end > hit->end)
		hit->end = other->end;
}

static void sort_out(struct secret_hits *hits)
{
	size_t used = 0;

	if (!hits->len)
		return;
	qsort(hits->items, hits->len, sizeof(*hits->items), by_place);
	for (size_t i = 1; i < hits->len; i++) {
		if (hits->items[i].start < hits->items[used].end)
			unite(&hits->items[used], &hits->items[i]);
		else
			hits->items[++used] = hits->items[i];
	}
	hits->len = used + 1;
}

void secrets_find(struct secret_hits *out, struct secrets *secrets,
		  const char *text, size_t len, const char *path)
{
	struct secret_room *room = take_room(secrets);

	*out = (struct secret_hits){ NULL, 0, 0 };
	secret_search(out, &secrets->tools, room, text, len, path);
	give_room(secrets, room);
	sort_out(out);
}

void secret_hits_release(struct secret_hits *hits)
{
	free(hits->items);
	*hits = (struct secret_hits){ NULL, 0, 0 };
}

size_t secret_id_count(void)
{
	return secret_kind_count() + PERSONAL_KINDS;
}

static enum personal_kind personal_of(unsigned kind)
{
	return (enum personal_kind)(kind - secret_kind_count());
}

const char *secret_id(unsigned kind)
{
	if (is_personal(kind))
		return personal_id(personal_of(kind));
	return secret_kind_at(kind)->id;
}

static const char *title_of(unsigned kind)
{
	if (is_personal(kind))
		return personal_title(personal_of(kind));
	return secret_kind_at(kind)->title;
}

static enum severity severity_of(unsigned kind)
{
	if (is_personal(kind))
		return personal_severity(personal_of(kind));
	return secret_kind_at(kind)->severity;
}

/* The part all tokens of the kind begin with, if it is a small one. */
static size_t told_prefix(const struct secret_hit *hit, const char *value)
{
	const char *word;
	size_t len;

	if (is_personal(hit->kind) ||
	    secret_kind_at(hit->kind)->flags & KIND_NAMED)
		return 0;
	word = secret_kind_at(hit->kind)->keywords;
	for (; *word; word += len + (word[len] == '|')) {
		len = strcspn(word, "|");
		if (len * 3 <= hit->end - hit->start &&
		    memcmp(value, word, len) == 0)
			return len;
	}
	return 0;
}

static void mask(char out[SECRET_MASKED_SIZE], const struct secret_hit *hit,
		 const char *value)
{
	snprintf(out, SECRET_MASKED_SIZE, "%.*s... (%zu bytes)",
		 (int)told_prefix(hit, value), value, hit->end - hit->start);
}

void secrets_scan(struct secret_findings *out, struct secrets *secrets,
		  const char *text, size_t len, const char *path)
{
	struct secret_hits hits;
	size_t line = 1;
	size_t line_at = 0;
	size_t at = 0;

	*out = (struct secret_findings){ NULL, 0, 0 };
	secrets_find(&hits, secrets, text, len, path);
	for (size_t i = 0; i < hits.len; i++) {
		const struct secret_hit *hit = &hits.items[i];
		struct secret_finding *finding;

		for (; at < hit->start; at++) {
			if (text[at] == '\n') {
				line++;
				line_at = at + 1;
			}
		}
		ARRAY_GROW(out->items, out->len, out->cap);
		finding = &out->items[out->len++];
		*finding = (struct secret_finding){
			.id = secret_id(hit->kind),
			.title = title_of(hit->kind),
			.severity = hit->sample ? SEVERITY_INFO
						: severity_of(hit->kind),
			.line = line,
			.column = hit->start - line_at + 1,
			.length = hit->end - hit->start,
			.sample = hit->sample,
			.personal = is_personal(hit->kind),
		};
		mask(finding->masked, hit, text + hit->start);
	}
	secret_hits_release(&hits);
}

void secret_findings_release(struct secret_findings *findings)
{
	free(findings->items);
	*findings = (struct secret_findings){ NULL, 0, 0 };
}
