#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json.h"
#include "core/secret.h"
#include "gateway/gateway.h"
#include "io/loop.h"
#include "services/kinds.h"

/*
 * What becomes of programs' answers: a row for each, which is a script for sh
 * that the gateway asks as a service of its own, with a program behind it that
 * answers. All at once, for most wait between their attempts.
 */

enum end { ANSWERED, NEXT, END };

/* Remembered: nothing, that it failed five times, that the key is no good. */
enum after { NOTHING, LEFT_ALONE, KEY_OPEN };

struct row {
	const char *name, *script;
	enum fault fault;
	int tries;
	enum end end;
	enum after after;
	const char *message; /* part of what is said; NULL: anything */
	int timeout_ms;      /* 0: a long one */
};

static const struct row commands[] = {
	{ "answer", "echo {}", FAULT_NONE, 1, ANSWERED, NOTHING, NULL, 0 },
	{ "answer behind a byte order mark", "printf '\\357\\273\\277{}'",
	  FAULT_NONE, 1, ANSWERED, NOTHING, NULL, 0 },
	{ "answer beside complaints", "echo {}; echo hm >&2", FAULT_NONE, 1,
	  ANSWERED, NOTHING, NULL, 0 },
	{ "answer to who does not listen", "exec <&-; echo {}", FAULT_NONE, 1,
	  ANSWERED, NOTHING, NULL, 0 },

	{ "nothing", ":", FAULT_ENVELOPE, 3, NEXT, NOTHING, "no answer", 0 },
	{ "cut", "printf '{\"a\":'", FAULT_ANSWER, 2, NEXT, NOTHING, "not JSON",
	  0 },
	{ "prose", "echo I looked", FAULT_ANSWER, 2, NEXT, NOTHING, "not JSON",
	  0 },
	{ "web page", "echo '<html>'", FAULT_ANSWER, 2, NEXT, NOTHING,
	  "not JSON", 0 },
	{ "list", "echo '[]'", FAULT_ANSWER, 2, NEXT, NOTHING, "an object", 0 },
	{ "no text", "printf '\\377\\376'", FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  "no text", 0 },
	{ "NUL", "printf '{\\000}'", FAULT_ANSWER, 2, NEXT, NOTHING,
	  "control character", 0 },
	{ "names twice", "echo '{\"a\":1,\"a\":2}'", FAULT_ANSWER, 2, NEXT,
	  NOTHING, "repeated name", 0 },
	{ "huge", "head -c 9000000 /dev/zero | tr '\\0' x", FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, NULL, 0 },
	{ "never-ending", "yes", FAULT_ENVELOPE, 3, NEXT, NOTHING, NULL, 0 },
	{ "slow drip", "while echo x; do sleep 0.05; done", FAULT_TIMEOUT, 3,
	  NEXT, LEFT_ALONE, NULL, 300 },
	{ "hangs", "exec sleep 30", FAULT_TIMEOUT, 3, NEXT, LEFT_ALONE, NULL,
	  300 },

	{ "answers and fails", "echo {}; exit 1", FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, "exit status 1", 0 },
	{ "says why", "echo no money >&2; exit 1", FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, "no money", 0 },
	{ "tells the key", "echo sk-planted-0123456789 >&2; exit 77",
	  FAULT_AUTH, 1, NEXT, KEY_OPEN, "[secret]", 0 },
	{ "is ended by a signal", "kill -9 $$", FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, "signal 9", 0 },
	{ "usage", "exit 64", FAULT_REQUEST, 1, END, NOTHING, "64", 0 },
	{ "data", "exit 65", FAULT_REQUEST, 1, END, NOTHING, "65", 0 },
	{ "input", "exit 66", FAULT_REQUEST, 1, END, NOTHING, "66", 0 },
	{ "no user", "exit 67", FAULT_AUTH, 1, NEXT, KEY_OPEN, "67", 0 },
	{ "no host", "exit 68", FAULT_CONNECT, 3, NEXT, LEFT_ALONE, "68", 0 },
	{ "unavailable", "exit 69", FAULT_OVERLOADED, 3, NEXT, LEFT_ALONE, "69",
	  0 },
	{ "software", "exit 70", FAULT_SERVER, 3, NEXT, LEFT_ALONE, "70", 0 },
	{ "system", "exit 71", FAULT_SERVER, 3, NEXT, LEFT_ALONE, "71", 0 },
	{ "protocol", "exit 76", FAULT_ENVELOPE, 3, NEXT, NOTHING, "76", 0 },
	{ "no permission", "exit 77", FAULT_AUTH, 1, NEXT, KEY_OPEN, "77", 0 },
	{ "configuration", "exit 78", FAULT_UNSUPPORTED, 1, NEXT, NOTHING, "78",
	  0 },
	{ "not executable", "exit 126", FAULT_UNSUPPORTED, 1, NEXT, NOTHING,
	  "126", 0 },
	{ "not found", "exit 127", FAULT_UNSUPPORTED, 1, NEXT, NOTHING, "127",
	  0 },
	{ "any other", "exit 200", FAULT_SERVER, 3, NEXT, LEFT_ALONE, "200",
	  0 },
};

/* Cursor's CLI, with its arguments behind the script. */
static const struct row cursors[] = {
	{ "answer", "echo '{\"is_error\":false,\"result\":\"{}\"}'", FAULT_NONE,
	  1, ANSWERED, NOTHING, NULL, 0 },
	{ "unknown fields",
	  "echo '{\"new\":[1],\"is_error\":false,\"result\":\"{}\"}'",
	  FAULT_NONE, 1, ANSWERED, NOTHING, NULL, 0 },
	{ "nothing", ":", FAULT_ENVELOPE, 3, NEXT, NOTHING, "exit status 0",
	  0 },
	{ "cut", "printf '{\"is_error\":fal'", FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  "not JSON", 0 },
	{ "prose", "echo I looked", FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  "not JSON", 0 },
	{ "prose inside", "echo '{\"is_error\":false,\"result\":\"hm\"}'",
	  FAULT_ANSWER, 2, NEXT, NOTHING, "not JSON", 0 },
	{ "result of another type", "echo '{\"is_error\":false,\"result\":{}}'",
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, "result: a string", 0 },
	{ "not told whether it failed", "echo '{\"result\":\"{}\"}'",
	  FAULT_SERVER, 3, NEXT, LEFT_ALONE, NULL, 0 },
	{ "error inside of a success",
	  "echo '{\"is_error\":true,\"result\":\"no quota\"}'", FAULT_SERVER, 3,
	  NEXT, LEFT_ALONE, "no quota", 0 },
	{ "answers and fails",
	  "echo '{\"is_error\":false,\"result\":\"{}\"}'; exit 1", FAULT_SERVER,
	  3, NEXT, LEFT_ALONE, "exit status 1", 0 },
	{ "not UTF-8", "printf '\\377'", FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  "not UTF-8", 0 },
	{ "hangs", "exec sleep 30", FAULT_TIMEOUT, 3, NEXT, LEFT_ALONE, NULL,
	  300 },
};

struct ending {
	int calls, requests;
	enum fault fault;
	char *message, *service, *attempts;
	bool cost_unknown;
};

static void on_end(const struct outcome *outcome, void *payload)
{
	struct ending *ending = payload;
	struct json *attempts = attempts_json(outcome->attempts,
					      outcome->attempt_count);

	*ending = (struct ending){
		.calls = ending->calls + 1,
		.fault = outcome->fault,
		.message = xstrdup(outcome->err.msg),
		.service = xstrdup(outcome->service),
		.attempts = json_print(attempts),
		.cost_unknown = outcome->cost_unknown,
	};
	for (size_t i = 0; i < outcome->attempt_count; i++)
		if (outcome->attempts[i].kind == ATTEMPT_SENT &&
		    strcmp(outcome->attempts[i].service, "spare") != 0)
			ending->requests++;
	json_free(attempts);
}

static void release(struct ending *ending)
{
	free(ending->message);
	free(ending->service);
	free(ending->attempts);
	*ending = (struct ending){ 0 };
}

static int load_key(struct secret **out, const void *payload UNUSED,
		    struct err *err UNUSED)
{
	*out = secret_new("env:PLANTED", "sk-planted-0123456789");
	return 0;
}

static int is_object(const char *text, size_t len, void *payload UNUSED,
		     struct err *err)
{
	struct json *doc = NULL;
	int status = json_parse(&doc, text, len, err);

	if (status == 0 && !json_is_object(doc))
		status = err_set(err, ERR_PROTOCOL, "an object expected");
	json_free(doc);
	return status;
}

static void ask(struct gateway *gateway, const char *const *service,
		struct ending *ending)
{
	static struct prompt prompt = { "system", "change", "about", "task" };
	static const struct chat chat = { .agent = "a",
					  .prompt = &prompt,
					  .temperature = -1 };
	struct ask question = { .chat = &chat,
				.services = service,
				.service_count = 1,
				.check = is_object };
	struct err err = ERR_INIT;

	must(gateway_ask(NULL, gateway, &question, on_end, ending, &err));
}

static void check_first(const struct row *row, const struct ending *ending)
{
	bool has_answer = row->end != END;

	cr_assert_eq(ending->calls, 1);
	cr_assert_eq(ending->fault, has_answer ? FAULT_NONE : row->fault,
		     "%s: %s", row->name, ending->message);
	cr_assert_eq(ending->requests, row->tries, "%s: %s", row->name,
		     ending->attempts);
	cr_assert_eq(strcmp(ending->service, "spare") == 0, row->end == NEXT,
		     "%s: %s", row->name, ending->attempts);
	cr_assert(row->fault == FAULT_NONE ||
			  strstr(ending->attempts, fault_name(row->fault)),
		  "%s: %s", row->name, ending->attempts);
	cr_assert(row->message == NULL ||
			  strstr(ending->attempts, row->message) != NULL,
		  "%s: %s", row->name, ending->attempts);
	cr_assert(strstr(ending->attempts, "sk-planted") == NULL);
	/* Programs do not say what they cost. */
	cr_assert(ending->cost_unknown, "%s", row->name);
}

static void check_second(const struct row *row, const struct ending *ending)
{
	int wanted = row->tries;

	if (row->after == KEY_OPEN)
		wanted = 0;
	else if (row->after == LEFT_ALONE)
		wanted = 5 - row->tries;
	cr_assert_eq(ending->requests, wanted, "%s: %s", row->name,
		     ending->attempts);
}

/* A service for each row, the script as its program, and one that answers. */
static void make_services(struct service *out, const char **argv,
			  const struct row *rows, size_t count,
			  const struct service_ops *ops)
{
	static const char *const spare[] = { "sh", "-c", "echo {}", NULL };

	for (size_t i = 0; i < count; i++) {
		argv[4 * i] = "sh";
		argv[4 * i + 1] = "-c";
		argv[4 * i + 2] = rows[i].script;
		out[i] = (struct service){
			.name = rows[i].name,
			.ops = ops,
			.argv = &argv[4 * i],
			.load_key = load_key,
			.fallback = "spare",
			.models = { "m" },
			.timeout_ms = rows[i].timeout_ms ? rows[i].timeout_ms
							 : 30000,
		};
	}
	out[count] = (struct service){ .name = "spare",
				       .ops = &command_service,
				       .argv = spare,
				       .models = { "m" },
				       .timeout_ms = 30000 };
}

static void check_rows(const struct row *rows, size_t count,
		       const struct service_ops *ops)
{
	struct service *services = xcalloc(count + 1, sizeof(*services));
	const char **argv = xcalloc(4 * count, sizeof(*argv));
	struct ending *endings = xcalloc(count, sizeof(*endings));
	struct gateway *gateway;
	struct loop *loop;
	struct err err = ERR_INIT;

	make_services(services, argv, rows, count, ops);
	must(loop_new(&loop, &err));
	must(gateway_new(&gateway, loop, NULL, &(struct gateway_options){ 0 },
			 &err));
	for (size_t i = 0; i <= count; i++)
		must(gateway_add_service(gateway, &services[i], &err));
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < count; i++)
			ask(gateway, &services[i].name, &endings[i]);
		loop_run(loop);
		for (size_t i = 0; i < count; i++) {
			if (round == 0)
				check_first(&rows[i], &endings[i]);
			else
				check_second(&rows[i], &endings[i]);
			release(&endings[i]);
		}
	}
	gateway_free(gateway);
	loop_free(loop);
	free(endings);
	free(argv);
	free(services);
}

TestSuite(outcomes, .init = io_setup, .timeout = 120);

Test(outcomes, of_what_programs_answer)
{
	check_rows(commands, ARRAY_LEN(commands), &command_service);
}

Test(outcomes, of_what_cursors_program_answers)
{
	check_rows(cursors, ARRAY_LEN(cursors), &cursor_service);
}

Test(outcomes, of_a_program_that_does_not_exist)
{
	static const char *const argv[] = { "/nonexistent/program", NULL };
	struct service service = { .name = "gone",
				   .ops = &command_service,
				   .argv = argv,
				   .models = { "m" },
				   .timeout_ms = 1000 };
	struct ending ending = { 0 };
	struct gateway *gateway;
	struct loop *loop;
	struct err err = ERR_INIT;

	must(loop_new(&loop, &err));
	must(gateway_new(&gateway, loop, NULL, &(struct gateway_options){ 0 },
			 &err));
	must(gateway_add_service(gateway, &service, &err));
	ask(gateway, &service.name, &ending);
	loop_run(loop);
	cr_assert_eq(ending.fault, FAULT_UNSUPPORTED, "%s", ending.message);
	cr_assert_eq(ending.requests, 1);
	cr_assert(strstr(ending.message, "gone: /nonexistent/program") != NULL,
		  "%s", ending.message);
	/* It was never asked. */
	cr_assert_not(ending.cost_unknown);
	release(&ending);
	gateway_free(gateway);
	loop_free(loop);
}
