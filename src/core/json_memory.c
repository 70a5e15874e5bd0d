/*
 * Where JSON's items come from, and where they go.
 *
 * A document is many small blocks of few sizes, taken and given back all at
 * once: more of one size than the C library keeps at hand for a thread, so that
 * most of them took its slow way. Here each thread keeps some itself. Blocks
 * are malloc's own, so that any of them may also be freed by anybody.
 */
#include <stdlib.h>
#ifdef __APPLE__
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#else
#include <malloc.h>
#endif

#include "core/json_cjson.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif

/* The sanitizers have to see every block end. */
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) && \
	!__has_feature(thread_sanitizer)

/* An item; a name or a short text. */
enum { ITEM_SIZE = sizeof(cJSON), TEXT_SIZE = 24, KEPT = 512 };

struct spare {
	struct spare *next;
};

struct shelf {
	struct spare *first;
	size_t count;
};

static _Thread_local struct shelf items, texts;

static void *take(struct shelf *shelf, size_t size)
{
	struct spare *spare = shelf->first;

	if (!spare)
		return malloc(size);
	shelf->first = spare->next;
	shelf->count--;
	return spare;
}

static void keep(struct shelf *shelf, void *block)
{
	struct spare *spare = block;

	if (shelf->count == KEPT) {
		free(block);
		return;
	}
	spare->next = shelf->first;
	shelf->first = spare;
	shelf->count++;
}

static void *get(size_t size)
{
	if (size <= TEXT_SIZE)
		return take(&texts, TEXT_SIZE);
	if (size <= ITEM_SIZE)
		return take(&items, ITEM_SIZE);
	return malloc(size);
}

static void put(void *block)
{
	size_t size = block ? malloc_usable_size(block) : 0;

	if (size >= TEXT_SIZE && size < ITEM_SIZE)
		keep(&texts, block);
	else if (size >= ITEM_SIZE && size < (size_t)2 * ITEM_SIZE)
		keep(&items, block);
	else
		free(block);
}

/* Before main() and its threads: cJSON has this in a global variable. */
__attribute__((constructor)) static void set_hooks(void)
{
	cJSON_InitHooks(&(cJSON_Hooks){ get, put });
}

#endif

void json_free(struct json *doc)
{
	cJSON_Delete(json_own(doc));
}

struct json *json_copy(const struct json *at)
{
	return json_out_of(cJSON_Duplicate(json_in(at), 1));
}
