#include "code/prefilter_hs.h"

#ifdef HAVE_HS

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hs.h>

#include "code/secret_kind.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/sha256.h"
#include "core/strvec.h"
#include "io/file.h"

/* What the compiled form is made of, and the digest that names its file. */
struct expressions {
	struct strvec patterns;
	unsigned *flags;
	unsigned *ids;
	size_t cap;
	char digest[SHA256_HEX_SIZE];
};

struct spare_scratch {
	hs_scratch_t *scratch;
};

/* Each thread that searches needs scratch space; it is kept for the next. */
struct prefilter_hs {
	hs_database_t *database;
	hs_scratch_t *model;
	pthread_mutex_t lock;
	struct spare_scratch *spare;
	size_t spare_len;
	size_t spare_cap;
};

const char *prefilter_hs_version(void)
{
	return hs_version();
}

static void add_expression(struct expressions *all, const char *pattern,
			   bool any_case, unsigned id)
{
	if (all->patterns.len == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 256;
		all->flags = xreallocarray(all->flags, all->cap,
					   sizeof(*all->flags));
		all->ids = xreallocarray(all->ids, all->cap, sizeof(*all->ids));
	}
	all->flags[all->patterns.len] = any_case ? HS_FLAG_CASELESS : 0;
	all->ids[all->patterns.len] = id;
	strvec_add(&all->patterns, pattern);
}

/* One expression for all names: each ends where its keyword does. */
static void add_name(struct expressions *all, const char *keyword)
{
	struct buf pattern;

	buf_init(&pattern, LIMIT_PATTERN_BYTES);
	for (; *keyword && *keyword != '&'; keyword++) {
		if (*keyword == '_')
			buf_addstr(&pattern, "[_.-]?");
		else
			buf_addch(&pattern, *keyword);
	}
	add_expression(all, pattern.ptr, true, PREFILTER_NAME);
	buf_release(&pattern);
}

static void collect(struct expressions *all)
{
	hs_platform_info_t platform = { 0 };
	struct sha256 *sha = sha256_new();

	for (size_t i = 0; i < secret_kind_count(); i++) {
		const struct secret_kind *kind = secret_kind_at(i);
		struct strvec words = STRVEC_INIT;

		if (!(kind->flags & KIND_NAMED)) {
			add_expression(all, kind->pattern,
				       kind->flags & KIND_ANYCASE, (unsigned)i);
			continue;
		}
		strvec_split(&words, kind->keywords, '|');
		for (size_t k = 0; k < words.len; k++)
			add_name(all, words.v[k]);
		strvec_release(&words);
	}
	hs_populate_platform(&platform);
	sha256_add_field(sha, hs_version(), strlen(hs_version()));
	sha256_add_field(sha, &platform, sizeof(platform));
	for (size_t i = 0; i < all->patterns.len; i++) {
		sha256_add_field(sha, all->patterns.v[i],
				 strlen(all->patterns.v[i]));
		sha256_add_field(sha, &all->flags[i], sizeof(*all->flags));
		sha256_add_field(sha, &all->ids[i], sizeof(*all->ids));
	}
	sha256_end(sha, all->digest);
}

static void expressions_release(struct expressions *all)
{
	strvec_release(&all->patterns);
	free(all->flags);
	free(all->ids);
}

static int compile(hs_database_t **out, const struct expressions *all,
		   struct err *err)
{
	hs_compile_error_t *failure = NULL;
	int ret = 0;

	if (hs_compile_multi((const char *const *)all->patterns.v, all->flags,
			     all->ids, (unsigned)all->patterns.len,
			     HS_MODE_BLOCK, NULL, out, &failure) != HS_SUCCESS)
		ret = err_set(err, ERR_INVALID, "hyperscan: '%s': %s",
			      failure->expression >= 0
				      ? all->patterns.v[failure->expression]
				      : "all",
			      failure->message);
	hs_free_compile_error(failure);
	return ret;
}

/* Only what nobody else could have written is read: what Hyperscan makes of
 * a forged database is anybody's guess. */
static bool is_ours(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* A file is the digest of what follows, then the database. NULL whatever is
 * wrong with it: then it is made anew. */
static hs_database_t *load(const char *path)
{
	hs_database_t *database = NULL;
	struct err ignored = ERR_INIT;
	char digest[SHA256_HEX_SIZE];
	struct buf file;

	buf_init(&file, LIMIT_PREFILTER_BYTES);
	if (!is_ours(path) || file_read(&file, path, &ignored) < 0 ||
	    file.len <= SHA256_HEX_SIZE)
		goto out;
	sha256_hex(file.ptr + SHA256_HEX_SIZE, file.len - SHA256_HEX_SIZE,
		   digest);
	if (memcmp(file.ptr, digest, SHA256_HEX_SIZE) != 0 ||
	    hs_deserialize_database(file.ptr + SHA256_HEX_SIZE,
				    file.len - SHA256_HEX_SIZE,
				    &database) != HS_SUCCESS)
		database = NULL;
out:
	buf_release(&file);
	return database;
}

/* A failure only costs time later. */
static void save(const hs_database_t *database, const char *path)
{
	struct err ignored = ERR_INIT;
	char digest[SHA256_HEX_SIZE];
	char *bytes = NULL;
	struct buf file;
	size_t size;

	if (hs_serialize_database(database, &bytes, &size) != HS_SUCCESS)
		return;
	buf_init(&file, LIMIT_PREFILTER_BYTES);
	sha256_hex(bytes, size, digest);
	buf_add(&file, digest, sizeof(digest));
	buf_add(&file, bytes, size);
	if (!file.overflow &&
	    file_write_atomic(path, file.ptr, file.len, 0600, &ignored) < 0)
		log_debug("secrets: not kept: %s", ignored.msg);
	buf_release(&file);
	free(bytes);
}

static int open_database(hs_database_t **out, const char *cache_dir,
			 struct err *err)
{
	struct expressions all = { .patterns = STRVEC_INIT };
	char *path = NULL;
	int ret = -1;

	collect(&all);
	if (cache_dir)
		path = xstrf("%s/secrets-%.32s.hs", cache_dir, all.digest);
	*out = path ? load(path) : NULL;
	if (!*out) {
		if (compile(out, &all, err) < 0)
			goto out;
		if (path)
			save(*out, path);
	}
	ret = 0;
out:
	free(path);
	expressions_release(&all);
	return ret;
}

int prefilter_hs_new(struct prefilter_hs **out, const char *cache_dir,
		     struct err *err)
{
	struct prefilter_hs *hs;

	*out = NULL;
	if (hs_valid_platform() != HS_SUCCESS || fault_without("hyperscan"))
		return 0;
	hs = xcalloc(1, sizeof(*hs));
	pthread_mutex_init(&hs->lock, NULL);
	if (open_database(&hs->database, cache_dir, err) < 0) {
		prefilter_hs_free(hs);
		return -1;
	}
	if (hs_alloc_scratch(hs->database, &hs->model) != HS_SUCCESS) {
		prefilter_hs_free(hs);
		return err_set(err, ERR_INVALID, "hyperscan: no scratch space");
	}
	*out = hs;
	return 0;
}

void prefilter_hs_free(struct prefilter_hs *hs)
{
	if (!hs)
		return;
	for (size_t i = 0; i < hs->spare_len; i++)
		hs_free_scratch(hs->spare[i].scratch);
	free(hs->spare);
	hs_free_scratch(hs->model);
	hs_free_database(hs->database);
	pthread_mutex_destroy(&hs->lock);
	free(hs);
}

static hs_scratch_t *take_scratch(struct prefilter_hs *hs)
{
	hs_scratch_t *scratch = NULL;

	pthread_mutex_lock(&hs->lock);
	if (hs->spare_len)
		scratch = hs->spare[--hs->spare_len].scratch;
	else if (hs_clone_scratch(hs->model, &scratch) != HS_SUCCESS)
		scratch = NULL;
	pthread_mutex_unlock(&hs->lock);
	return scratch;
}

static void give_scratch(struct prefilter_hs *hs, hs_scratch_t *scratch)
{
	pthread_mutex_lock(&hs->lock);
	ARRAY_GROW(hs->spare, hs->spare_len, hs->spare_cap);
	hs->spare[hs->spare_len++].scratch = scratch;
	pthread_mutex_unlock(&hs->lock);
}

struct hs_search {
	prefilter_found_fn *found;
	void *payload;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to,
		    unsigned flags, void *payload)
{
	const struct hs_search *search = payload;
	struct prefilter_hit hit = { id, (size_t)to, PREFILTER_END };

	(void)from;
	(void)flags;
	search->found(&hit, search->payload);
	return 0;
}

bool prefilter_hs_scan(struct prefilter_hs *hs, const char *text, size_t len,
		       prefilter_found_fn *found, void *payload)
{
	struct hs_search search = { found, payload };
	hs_scratch_t *scratch;

	if (len > UINT32_MAX)
		return false;
	scratch = take_scratch(hs);
	if (!scratch)
		return false;
	hs_scan(hs->database, text, (unsigned)len, 0, scratch, on_match,
		&search);
	give_scratch(hs, scratch);
	return true;
}

#else

int prefilter_hs_new(struct prefilter_hs **out, const char *cache_dir,
		     struct err *err)
{
	(void)cache_dir;
	(void)err;
	*out = NULL;
	return 0;
}

void prefilter_hs_free(struct prefilter_hs *hs)
{
	(void)hs;
}

bool prefilter_hs_scan(struct prefilter_hs *hs, const char *text, size_t len,
		       prefilter_found_fn *found, void *payload)
{
	(void)hs;
	(void)text;
	(void)len;
	(void)found;
	(void)payload;
	return false;
}

const char *prefilter_hs_version(void)
{
	return "none";
}

#endif
