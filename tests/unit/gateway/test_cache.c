#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "gateway/cache.h"

static char dir[] = "/tmp/referee-cache-XXXXXX";
static struct cache *cache;

static void open_one(void)
{
	struct err err = ERR_INIT;

	cr_assert(mkdtemp(dir) != NULL);
	must(cache_open(&cache, dir, 1000, &err));
}

static void remove_it(void)
{
	char command[100];

	cache_close(cache);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert(eq(int, system(command), 0));
}

TestSuite(cache, .init = open_one, .fini = remove_it);

static const struct service_ops ops = { .kind = "toy" };

static void key_of(char key[SHA256_HEX_SIZE], const char *url, const char *body,
		   const char *agent)
{
	struct service service = { .name = "toy", .ops = &ops };
	struct chat chat = { .agent = agent, .model = "m" };
	struct service_request request;

	service_request_init(&request);
	request.url = strdup(url);
	buf_addstr(&request.body, body);
	cache_key(key, &service, &chat, &request);
	service_request_release(&request);
}

static void put(const char *key, const char *text)
{
	struct service_result result;

	service_result_init(&result);
	buf_addstr(&result.reply.text, text);
	result.reply.model = strdup("m-1");
	cache_put(cache, key, &result.reply);
	service_result_release(&result);
}

static bool gets(const char *key, int64_t ttl_s, const char *text)
{
	struct service_result result;
	bool found;

	service_result_init(&result);
	found = cache_get(cache, key, ttl_s, &result.reply);
	if (found) {
		cr_assert_str_eq(result.reply.text.ptr, text);
		cr_assert_str_eq(result.reply.model, "m-1");
	}
	service_result_release(&result);
	return found;
}

Test(cache, gives_back_what_was_put)
{
	char key[SHA256_HEX_SIZE];

	key_of(key, "http://a", "{}", "x");
	cr_assert_not(gets(key, 60, ""));
	put(key, "{\"findings\":[]}\n\xc3\xa9");
	cr_assert(gets(key, 60, "{\"findings\":[]}\n\xc3\xa9"));
}

Test(cache, has_a_key_of_everything_that_is_sent)
{
	char keys[4][SHA256_HEX_SIZE];

	key_of(keys[0], "http://a", "{}", "x");
	key_of(keys[1], "http://b", "{}", "x");
	key_of(keys[2], "http://a", "{ }", "x");
	key_of(keys[3], "http://a", "{}", "x");
	cr_assert_str_neq(keys[0], keys[1]);
	cr_assert_str_neq(keys[0], keys[2]);
	cr_assert_str_eq(keys[0], keys[3]);
}

/* A program's or an agent's: there is no request to take it from. */
static void own_key_of(char key[SHA256_HEX_SIZE], const struct chat *chat,
		       const char *program)
{
	const char *const argv[] = { program, NULL };
	struct service service = { .name = "toy", .ops = &ops, .argv = argv };

	cache_key(key, &service, chat, NULL);
}

Test(cache, has_a_key_of_everything_a_program_gets_or_an_agent_sees)
{
	struct prompt prompt = { "s", "c", "a", "t" }, other = prompt;
	const struct chat plain = { .agent = "a",
				    .model = "m",
				    .prompt = &prompt,
				    .project_url = "https://a",
				    .head_ref = "h" };
	struct chat chats[] = { plain, plain, plain, plain, plain, plain };
	char key[SHA256_HEX_SIZE], another[SHA256_HEX_SIZE];

	other.about = "b";
	chats[0].agent = "b";
	chats[1].model = "n";
	chats[2].prompt = &other;
	chats[3].project_url = "https://b";
	chats[4].head_ref = "i";
	chats[5].answer = ANSWER_FILES;
	own_key_of(key, &plain, "p");
	own_key_of(another, &plain, "p");
	cr_assert_str_eq(key, another);
	own_key_of(another, &plain, "q");
	cr_assert_str_neq(key, another);
	for (size_t i = 0; i < ARRAY_LEN(chats); i++) {
		own_key_of(another, &chats[i], "p");
		cr_assert_str_neq(key, another, "%zu", i);
	}
}

Test(cache, takes_what_is_broken_or_old_for_nothing)
{
	char key[SHA256_HEX_SIZE], path[300];
	FILE *file;

	key_of(key, "http://a", "{}", "x");
	put(key, "text");
	cr_assert_not(gets(key, -1, "text"), "too old");
	snprintf(path, sizeof(path), "%s/%s.json", dir, key);
	file = fopen(path, "w");
	fputs("{\"version\":1,\"answer\":", file);
	fclose(file);
	cr_assert_not(gets(key, 60, "text"));
}

Test(cache, forgets_what_is_too_old)
{
	char key[SHA256_HEX_SIZE];

	key_of(key, "http://a", "{}", "x");
	put(key, "text");
	cache_prune(cache, 60);
	cr_assert(gets(key, 60, "text"));
	cache_prune(cache, -1);
	cr_assert_not(gets(key, 60, "text"));
}

Test(cache, stays_within_its_bound)
{
	char keys[3][SHA256_HEX_SIZE], text[450];
	int left = 0;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 3; i++) {
		snprintf(keys[i], sizeof(keys[i]), "key%d", i);
		put(keys[i], text);
	}
	cache_prune(cache, 60);
	for (int i = 0; i < 3; i++)
		left += gets(keys[i], 60, text);
	cr_assert(eq(int, left, 2));
}
