/*
 * A backend of libgit2's object database that is asked before the others. It
 * takes what is written while a batch is open and refuses it otherwise, so
 * that the next one, which writes files, is asked.
 */
#include "repo/batch.h"

#include <assert.h>
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/sha1.h"
#include "repo/git.h"
#include "repo/pack_write.h"

/* Above those that libgit2 adds itself. */
#define PRIORITY 100
/* A pack costs three syncs and a file more to look into, until it is packed
 * with others; an object by itself costs two syncs. */
#define LEAST_FOR_PACK 16
/* What is more than that is written as it comes. */
#define KEPT_BYTES (64 * MIB)

struct object {
	git_oid id;
	git_object_t type;
	size_t len;
	UT_hash_handle hh; /* in the order of writing */
	char bytes[];
};

struct batch {
	git_odb_backend backend; /* first: libgit2 knows no more */
	struct object *objects;
	size_t count, bytes;
	bool is_open;
};

static struct object *find(git_odb_backend *backend, const git_oid *id)
{
	struct batch *batch = (struct batch *)backend;
	struct object *object = NULL;

	HASH_FIND(hh, batch->objects, id, sizeof(*id), object);
	return object;
}

static int on_read(void **out, size_t *len, git_object_t *type,
		   git_odb_backend *backend, const git_oid *id)
{
	const struct object *object = find(backend, id);

	if (!object)
		return GIT_ENOTFOUND;
	*out = git_odb_backend_data_alloc(backend, object->len + 1);
	if (!*out)
		return GIT_ERROR;
	memcpy(*out, object->bytes, object->len + 1);
	*len = object->len;
	*type = object->type;
	return 0;
}

static int on_read_header(size_t *len, git_object_t *type,
			  git_odb_backend *backend, const git_oid *id)
{
	const struct object *object = find(backend, id);

	if (!object)
		return GIT_ENOTFOUND;
	*len = object->len;
	*type = object->type;
	return 0;
}

static int on_exists(git_odb_backend *backend, const git_oid *id)
{
	return find(backend, id) != NULL;
}

static bool takes(const struct batch *batch, size_t len)
{
	return batch && batch->is_open && len <= KEPT_BYTES &&
	       batch->bytes + len <= KEPT_BYTES;
}

static void keep(struct batch *batch, const git_oid *id, const void *bytes,
		 size_t len, git_object_t type)
{
	struct object *object = xcalloc(1, sizeof(*object) + len + 1);

	object->id = *id;
	object->type = type;
	object->len = len;
	memcpy(object->bytes, bytes, len);
	HASH_ADD(hh, batch->objects, id, sizeof(object->id), object);
	batch->count++;
	batch->bytes += len;
}

/* What libgit2 writes itself. */
static int on_write(git_odb_backend *backend, const git_oid *id,
		    const void *bytes, size_t len, git_object_t type)
{
	struct batch *batch = (struct batch *)backend;

	if (!takes(batch, len))
		return GIT_PASSTHROUGH;
	if (!find(backend, id))
		keep(batch, id, bytes, len, type);
	return 0;
}

/* A stream of bytes is a file at once. Without this libgit2 would make one of
 * on_write(), and not ask the next backend where that refuses. */
static int on_write_stream(git_odb_stream **out UNUSED,
			   git_odb_backend *backend UNUSED,
			   git_object_size_t len UNUSED,
			   git_object_t type UNUSED)
{
	return GIT_PASSTHROUGH;
}

/* What is kept is nobody's yet: a walk of all objects does not see it. */
static int on_foreach(git_odb_backend *backend UNUSED,
		      git_odb_foreach_cb visit UNUSED, void *payload UNUSED)
{
	return 0;
}

static void forget(struct batch *batch)
{
	struct object *object = batch->objects, *next;

	HASH_CLEAR(hh, batch->objects);
	for (; object; object = next) {
		next = object->hh.next;
		free(object);
	}
	batch->count = batch->bytes = 0;
}

static void on_free(git_odb_backend *backend)
{
	forget((struct batch *)backend);
	free(backend);
}

static int add_backend(struct batch **out, struct repo *repo, struct err *err)
{
	struct batch *batch = xcalloc(1, sizeof(*batch));
	int code = git_odb_init_backend(&batch->backend,
					GIT_ODB_BACKEND_VERSION);

	batch->backend.read = on_read;
	batch->backend.read_header = on_read_header;
	batch->backend.write = on_write;
	batch->backend.writestream = on_write_stream;
	batch->backend.exists = on_exists;
	batch->backend.foreach = on_foreach;
	batch->backend.free = on_free;
	if (!code)
		code = git_odb_add_backend(repo_odb(repo), &batch->backend,
					   PRIORITY);
	if (code < 0) {
		free(batch);
		return err_set_git(err, code, "batch");
	}
	*out = batch;
	return 0;
}

/* libgit2's SHA-1 looks out for forged collisions and takes six times as long.
 * What others could forge is in blobs: a tree is names and ids of ours. */
static void hash_tree(git_oid *out, const void *bytes, size_t len)
{
	struct sha1 *sha = sha1_new();
	char header[32];
	int header_len = snprintf(header, sizeof(header), "tree %zu", len);

	sha1_add(sha, header, (size_t)header_len + 1);
	sha1_add(sha, bytes, len);
	sha1_end(sha, out->id);
}

/* git_odb_write() reads the folder of packs anew for each object that is not
 * there yet, which here are all of them. */
static bool is_there(const struct repo *repo, const git_oid *id)
{
	return git_odb_exists_ext(repo_odb(repo), id,
				  GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

int blob_put(git_oid *out, struct repo *repo, const void *bytes, size_t len)
{
	struct batch *batch = *repo_batch(repo);
	int code;

	if (!takes(batch, len))
		return git_odb_write(out, repo_odb(repo), bytes, len,
				     GIT_OBJECT_BLOB);
	code = git_odb_hash(out, bytes, len, GIT_OBJECT_BLOB);
	if (!code && !is_there(repo, out))
		keep(batch, out, bytes, len, GIT_OBJECT_BLOB);
	return code;
}

int tree_put(git_oid *out, struct repo *repo, const void *bytes, size_t len,
	     bool is_new)
{
	struct batch *batch = *repo_batch(repo);

	if (!takes(batch, len))
		return git_odb_write(out, repo_odb(repo), bytes, len,
				     GIT_OBJECT_TREE);
	hash_tree(out, bytes, len);
	if (!find(&batch->backend, out) && (is_new || !is_there(repo, out)))
		keep(batch, out, bytes, len, GIT_OBJECT_TREE);
	return 0;
}

int batch_begin(struct repo *repo, struct err *err)
{
	struct batch *batch = *repo_batch(repo);

	if (!batch && add_backend(&batch, repo, err) < 0)
		return -1;
	assert(batch && !batch->is_open);
	batch->is_open = true;
	*repo_batch(repo) = batch;
	return 0;
}

static int write_pack(const struct batch *batch, struct repo *repo,
		      struct err *err)
{
	const struct object *object = batch->objects;
	struct pack_write pack;
	int ret;

	pack_write_init(&pack, batch->count);
	for (; object; object = object->hh.next)
		pack_write_add(&pack, &object->id, object->type, object->bytes,
			       object->len);
	ret = pack_write_save(&pack, repo, err);
	pack_write_release(&pack);
	return ret;
}

/* What is found here would not be written, so it is taken out before. */
static int write_each(struct batch *batch, struct repo *repo, struct err *err)
{
	struct object *object = batch->objects, *next;
	int code = 0;
	git_oid id;

	HASH_CLEAR(hh, batch->objects);
	for (; object; object = next) {
		next = object->hh.next;
		if (!code)
			code = git_odb_write(&id, repo_odb(repo), object->bytes,
					     object->len, object->type);
		free(object);
	}
	return code < 0 ? err_set_git(err, code, "writing objects") : 0;
}

int batch_end(struct repo *repo, struct err *err)
{
	struct batch *batch = *repo_batch(repo);
	int ret;

	assert(batch && batch->is_open);
	batch->is_open = false;
	if (batch->count < LEAST_FOR_PACK)
		ret = write_each(batch, repo, err);
	else
		ret = write_pack(batch, repo, err);
	forget(batch);
	return ret;
}

void batch_drop(struct repo *repo)
{
	struct batch *batch = *repo_batch(repo);

	if (!batch)
		return;
	batch->is_open = false;
	forget(batch);
}
