#include "unit.h"

#include <string.h>

#include "outcomes.h"
#include "services/kinds.h"

enum { LAUNCH, POLL, READ, REMOVE };

static const char *good(const struct fake_request *request, int *step)
{
	if (strcmp(request->method, "POST") == 0) {
		*step = LAUNCH;
		return "{\"id\":\"bc_1\",\"status\":\"CREATING\"}";
	}
	if (strcmp(request->method, "DELETE") == 0) {
		*step = REMOVE;
		return "{}";
	}
	if (strstr(request->url, "/conversation")) {
		*step = READ;
		return "{\"messages\":[{\"type\":\"assistant_message\","
		       "\"text\":\"{}\"}]}";
	}
	*step = POLL;
	return "{\"id\":\"bc_1\",\"status\":\"FINISHED\"}";
}

static const struct outcome_kind kind = { .ops = &cursor_service,
					  .good = good };

#define SAID(text) \
	"{'messages':[{'type':'assistant_message','text':'" text "'}]}"

/* As those of Anthropic; what it costs is never said, so that it costs the
 * worst from the moment an agent may be at work. */
static const struct outcome_row rows[] = {
	{ "answer", SAYS(200, SAID("{}")), FAULT_NONE, 1, ANSWERED, NOTHING,
	  WORST, NULL, READ },
	{ "unknown fields",
	  SAYS(200, "{'new':1,'messages':[{'type':'new'},{'type':"
		    "'assistant_message','text':'{}','new':{}}]}"),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, READ },
	{ "prose", SAYS(200, SAID("I looked.")), FAULT_ANSWER, 2, NEXT, NOTHING,
	  WORST, "not JSON", READ },
	{ "agent that cannot be removed", SAYS(500, ""), FAULT_NONE, 1,
	  ANSWERED, NOTHING, WORST, NULL, REMOVE },

	/* a launch that goes wrong */
	{ "launch: empty", SAYS(200, ""), FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  WORST, "HTTP 200 without a body", LAUNCH },
	{ "launch: cut", SAYS(200, "{'id':'bc_"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "not JSON", LAUNCH },
	{ "launch: web page", SAYS(200, "<html>"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "web page", LAUNCH },
	{ "launch: no id", SAYS(200, "{}"), FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  WORST, "no id", LAUNCH },
	{ "launch: id of another type", SAYS(200, "{'id':17}"), FAULT_ENVELOPE,
	  3, NEXT, NOTHING, WORST, "no id", LAUNCH },
	{ "launch: id that is a path", SAYS(200, "{'id':'../x'}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "no id", LAUNCH },
	{ "launch: names twice", SAYS(200, "{'id':'a','id':'b'}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "repeated name", LAUNCH },
	{ "launch: refused", SAYS(401, "{'error':{'message':'no'}}"),
	  FAULT_AUTH, 1, NEXT, KEY_OPEN, 0, "HTTP 401: no", LAUNCH },
	{ "launch: refused in words", SAYS(403, "{'error':'no'}"), FAULT_AUTH,
	  1, NEXT, KEY_OPEN, 0, "HTTP 403: no", LAUNCH },
	{ "launch: too large",
	  { .error = ERR_TOO_LARGE, .after_ms = 10 },
	  FAULT_ENVELOPE,
	  3,
	  NEXT,
	  NOTHING,
	  WORST,
	  NULL,
	  LAUNCH },
	{ "launch: no connection",
	  { .error = ERR_UNAVAILABLE, .is_unsent = true, .after_ms = 10 },
	  FAULT_CONNECT,
	  3,
	  NEXT,
	  LEFT_ALONE,
	  0,
	  ": one; see `url`",
	  LAUNCH },
	{ "launch: certificate",
	  { .error = ERR_PROTOCOL, .is_unsent = true, .after_ms = 10 },
	  FAULT_CONNECT,
	  1,
	  NEXT,
	  LEFT_ALONE,
	  0,
	  "`ca_file`",
	  LAUNCH },
	{ "launch: connection that breaks",
	  { .error = ERR_UNAVAILABLE, .after_ms = 10 },
	  FAULT_CONNECT,
	  3,
	  NEXT,
	  LEFT_ALONE,
	  WORST,
	  NULL,
	  LAUNCH },
	{ "launch: nothing in time",
	  { .hangs = true },
	  FAULT_TIMEOUT,
	  3,
	  NEXT,
	  LEFT_ALONE,
	  WORST,
	  NULL,
	  LAUNCH },

	/* an agent at work that goes wrong */
	{ "agent that fails", SAYS(200, "{'status':'ERROR'}"), FAULT_SERVER, 3,
	  NEXT, LEFT_ALONE, WORST, "ended as ERROR", POLL },
	{ "agent of an unknown state", SAYS(200, "{'status':'NEW'}"),
	  FAULT_SERVER, 3, NEXT, LEFT_ALONE, WORST, "ended as NEW", POLL },
	{ "agent without a state", SAYS(200, "{}"), FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, WORST, "unknown", POLL },
	{ "agent that never ends", SAYS(200, "{'status':'RUNNING'}"),
	  FAULT_TIMEOUT, 3, NEXT, LEFT_ALONE, WORST, "in time", POLL },
	{ "agent that is gone", SAYS(404, "{'error':'gone'}"), FAULT_MODEL, 1,
	  NEXT, NOTHING, WORST, "HTTP 404: gone", POLL },
	{ "agent nobody can ask after", SAYS(500, "<html>"), FAULT_SERVER, 3,
	  NEXT, LEFT_ALONE, WORST, "HTTP 500 with a web page", POLL },
	{ "agent that cannot be reached",
	  { .error = ERR_UNAVAILABLE, .is_unsent = true, .after_ms = 10 },
	  FAULT_CONNECT,
	  3,
	  NEXT,
	  LEFT_ALONE,
	  WORST,
	  "see `url`",
	  POLL },

	/* a conversation that goes wrong */
	{ "nothing said", SAYS(200, "{'messages':[]}"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "said nothing", READ },
	{ "messages of another type", SAYS(200, "{'messages':'{}'}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "said nothing", READ },
	{ "text of another type",
	  SAYS(200, "{'messages':[{'type':'assistant_message','text':{}}]}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "said nothing", READ },
	{ "conversation: not UTF-8", SAYS(200, SAID("\xff")), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "not UTF-8", READ },
	{ "conversation: empty", SAYS(200, ""), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "without a body", READ },
};

Test(outcomes, of_what_cursor_replies)
{
	outcomes_check(&kind, rows, ARRAY_LEN(rows));
}

Test(outcomes, of_every_status_cursor_has)
{
	outcomes_check_statuses(&kind, outcome_statuses, outcome_status_count);
}
