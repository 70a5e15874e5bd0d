#include "unit.h"

#include "outcomes.h"
#include "services/kinds.h"

/* 4,000 nano-USD a token read, 200 from the cache, 5,000 or 8,000 into it,
 * 20,000 written. */
#define USAGE "{'input_tokens':100,'output_tokens':50}"
#define PAID  (100 * 4000 + 50 * 20000)

#define EVENT(json) "event: e\ndata: " json "\n\n"
#define START(usage)                                        \
	EVENT("{'type':'message_start','message':{'model':" \
	      "'claude-opus-5-5','usage':" usage "}}")
#define TEXT(json)                                     \
	EVENT("{'type':'content_block_delta','delta':" \
	      "{'type':'text_delta','text':" json "}}")
#define STOP(reason, usage)                                            \
	EVENT("{'type':'message_delta','delta':{'stop_reason':" reason \
	      "},'usage':" usage "}")
#define OVER          EVENT("{'type':'message_stop'}")
#define BEGUN         START("{'input_tokens':100,'output_tokens':1}")
#define ENDED(reason) STOP(reason, "{'output_tokens':50}") OVER
#define FAILED(type)                                   \
	EVENT("{'type':'error','error':{'type':'" type \
	      "','message':'so it is'}}")

#define WHOLE(text, reason, usage)                                 \
	"{'type':'message','model':'claude-opus-5-5','content':["  \
	"{'type':'text','text':'" text "'}],'stop_reason':" reason \
	",'usage':" usage "}"
#define ERROR(type, text)                                             \
	"{'type':'error','error':{'type':'" type "','message':'" text \
	"'},'request_id':'r'}"
#define CODE(code)                                                      \
	"{'type':'error','error':{'type':'rate_limit_error','message':" \
	"'no','details':{'error_code':'" code "'}}}"

static const struct outcome_kind kind = { .ops = &anthropic_service };

/* In the order of: the reply; what it is taken for; requests, what follows,
 * what is remembered; the cost of each; what is said. */
static const struct outcome_row rows[] = {
	{ "answer", STREAMS(BEGUN TEXT("'{}'") ENDED("'end_turn'")), FAULT_NONE,
	  1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "answer as a whole", SAYS(200, WHOLE("{}", "'end_turn'", USAGE)),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "answer behind a byte order mark",
	  SAYS(200, "\xef\xbb\xbf" WHOLE("{}", "'end_turn'", USAGE)),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "events behind a byte order mark",
	  STREAMS("\xef\xbb\xbf"
		  "data: {'type':'message_start','message':"
		  "{'usage':{'input_tokens':100}}}\n\n" TEXT("'{}'")
			  ENDED("'end_turn'")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "unknown fields",
	  SAYS(200, "{'new':[{}],'content':[{'type':'new'},{'type':'text',"
		    "'text':'{}','new':1}],'stop_reason':'end_turn','model':"
		    "'claude-opus-5-5','usage':{'input_tokens':100,"
		    "'output_tokens':50,'new':{'a':'b'}}}"),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "unknown events",
	  STREAMS(BEGUN EVENT("{'type':'new','a':[]}") EVENT("{}") EVENT("[]")
			  TEXT("'{}'") ENDED("'end_turn'")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },

	/* nothing, or not what it should be */
	{ "empty", SAYS(200, ""), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "HTTP 200 without a body", 0 },
	{ "blank", SAYS(200, " \n"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "HTTP 200 without a body", 0 },
	{ "no events", STREAMS(""), FAULT_CONNECT, 3, NEXT, LEFT_ALONE, WORST,
	  "broke off", 0 },
	{ "nothing but pings", STREAMS(EVENT("{'type':'ping'}")), FAULT_CONNECT,
	  3, NEXT, LEFT_ALONE, WORST, "broke off", 0 },
	{ "cut JSON", SAYS(200, "{'content':[{'type':'te"), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "HTTP 200, not JSON", 0 },
	{ "cut within an event", STREAMS(BEGUN "data: {'type':'cont"),
	  FAULT_CONNECT, 3, NEXT, LEFT_ALONE, WORST, "broke off", 0 },
	{ "cut between events", STREAMS(BEGUN TEXT("'{}'")), FAULT_CONNECT, 3,
	  NEXT, LEFT_ALONE, WORST, "broke off", 0 },
	{ "cut behind its stop reason",
	  STREAMS(BEGUN TEXT("'{}'") STOP("'end_turn'", "{'output_tokens':9}")),
	  FAULT_CONNECT, 3, NEXT, LEFT_ALONE, 100 * 4000 + 9 * 20000,
	  "broke off", 0 },
	{ "garbage among events", STREAMS(BEGUN "data: nonsense\n\n" OVER),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "not JSON", 0 },
	{ "no stop reason", STREAMS(BEGUN TEXT("'{}'") OVER), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "no stop_reason", 0 },
	{ "web page", SAYS(200, "<!doctype html><html>"), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "web page: does `url`", 0 },
	{ "web page of an error", SAYS(502, "<html>Bad gateway"), FAULT_SERVER,
	  3, NEXT, LEFT_ALONE, 0, "HTTP 502 with a web page", 0 },
	{ "list", SAYS(200, "[]"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "content", 0 },
	{ "null", SAYS(200, "null"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "content", 0 },
	{ "number", SAYS(200, "17"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "content", 0 },
	{ "content of another type",
	  SAYS(200, "{'content':'{}','stop_reason':'end_turn'}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "content: a list", 0 },
	{ "stop reason of another type", SAYS(200, WHOLE("{}", "7", USAGE)),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "stop_reason: a string", 0 },
	{ "NUL",
	  { .status = 200,
	    .headers = OUTCOME_JSON,
	    .body = "{'content':\0[]}",
	    .body_len = 15 },
	  FAULT_ENVELOPE,
	  3,
	  NEXT,
	  NOTHING,
	  WORST,
	  "control character",
	  0 },
	{ "not UTF-8", SAYS(200, "{'content':'\xff\xfe'}"), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "not UTF-8", 0 },
	{ "names twice", SAYS(200, "{'content':[],'content':[]}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "repeated name", 0 },
	{ "too large",
	  { .error = ERR_TOO_LARGE, .after_ms = 10 },
	  FAULT_ENVELOPE,
	  3,
	  NEXT,
	  NOTHING,
	  WORST,
	  ": one",
	  0 },

	/* errors inside of a success */
	{ "error inside of a success", SAYS(200, ERROR("overloaded_error", "")),
	  FAULT_OVERLOADED, 3, NEXT, LEFT_ALONE, WORST, "overloaded_error", 0 },
	{ "error in words inside of a success",
	  SAYS(200, "{'error':'out of order'}"), FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, WORST, "out of order", 0 },
	{ "overloaded at once", STREAMS(FAILED("overloaded_error")),
	  FAULT_OVERLOADED, 3, NEXT, LEFT_ALONE, WORST, "so it is", 0 },
	{ "overloaded in the middle",
	  STREAMS(BEGUN TEXT("'half'") FAILED("overloaded_error")),
	  FAULT_OVERLOADED, 3, NEXT, LEFT_ALONE, WORST, "so it is", 0 },
	{ "rate limit in the middle", STREAMS(BEGUN FAILED("rate_limit_error")),
	  FAULT_RATE, 3, NEXT, NOTHING, WORST, NULL, 0 },
	{ "unknown error in the middle", STREAMS(BEGUN FAILED("new_error")),
	  FAULT_SERVER, 3, NEXT, LEFT_ALONE, WORST, "new_error", 0 },
	{ "error that is none", STREAMS(BEGUN EVENT("{'type':'error'}")),
	  FAULT_SERVER, 3, NEXT, LEFT_ALONE, WORST, NULL, 0 },

	/* how answers end */
	{ "cut at max_tokens",
	  STREAMS(BEGUN TEXT("'{}'") ENDED("'max_tokens'")), FAULT_TRUNCATED, 1,
	  END, NOTHING, PAID, "cut at 1000 tokens", 0 },
	{ "refusal", STREAMS(BEGUN TEXT("'{}'") ENDED("'refusal'")),
	  FAULT_REFUSED, 1, NEXT, NOTHING, PAID, "declined", 0 },
	{ "context used up",
	  STREAMS(BEGUN ENDED("'model_context_window_exceeded'")),
	  FAULT_TOO_LARGE, 1, END, NOTHING, PAID, "context_window", 0 },
	{ "pause", STREAMS(BEGUN TEXT("'{}'") ENDED("'pause_turn'")),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, PAID, "pause_turn", 0 },
	{ "tool that nobody offered",
	  STREAMS(BEGUN TEXT("'{}'") ENDED("'tool_use'")), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, PAID, "tool_use", 0 },
	{ "unknown stop reason", STREAMS(BEGUN TEXT("'{}'") ENDED("'new'")),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, PAID, "unknown reason", 0 },
	{ "no text", STREAMS(BEGUN ENDED("'end_turn'")), FAULT_ANSWER, 2, NEXT,
	  NOTHING, PAID, NULL, 0 },
	{ "prose", STREAMS(BEGUN TEXT("'I looked.'") ENDED("'end_turn'")),
	  FAULT_ANSWER, 2, NEXT, NOTHING, PAID, "not JSON", 0 },

	/* usage */
	{ "usage is missing",
	  SAYS(200, "{'content':[{'type':'text','text':"
		    "'{}'}],'stop_reason':'end_turn'}"),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is null", SAYS(200, WHOLE("{}", "'end_turn'", "null")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is a list", SAYS(200, WHOLE("{}", "'end_turn'", "[1]")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is zero",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':0,'output_tokens':0}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, 0, NULL, 0 },
	{ "output is missing",
	  SAYS(200, WHOLE("{}", "'end_turn'", "{'input_tokens':1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "output is missing at the end of a stream",
	  STREAMS(BEGUN TEXT("'{}'") STOP("'end_turn'", "{}") OVER), FAULT_NONE,
	  1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is negative",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':-100,'output_tokens':-50}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is a fraction",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':1.5,'output_tokens':2}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is text",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':'100','output_tokens':'50'}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage overflows",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':9223372036854775807,"
			  "'output_tokens':99999999999999999999999}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is infinite",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':1e999,'output_tokens':1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is more than was sent could be",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':9000000,'output_tokens':1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "cached usage is negative",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':1,'output_tokens':1,"
			  "'cache_creation_input_tokens':-1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "more is kept for long than is kept",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':1,'output_tokens':1,"
			  "'cache_creation_input_tokens':5,'cache_creation':"
			  "{'ephemeral_1h_input_tokens':6}}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "cached usage is null",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':100,'output_tokens':50,"
			  "'cache_creation_input_tokens':null,"
			  "'cache_read_input_tokens':null}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "all kinds of usage",
	  SAYS(200, WHOLE("{}", "'end_turn'",
			  "{'input_tokens':100,'output_tokens':50,"
			  "'cache_creation_input_tokens':30,"
			  "'cache_read_input_tokens':1000,'cache_creation':"
			  "{'ephemeral_1h_input_tokens':10}}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING,
	  PAID + 20 * 5000 + 10 * 8000 + 1000 * 200, NULL, 0 },

	/* errors by name; statuses by themselves are below */
	{ "wrong request", SAYS(400, ERROR("invalid_request_error", "no")),
	  FAULT_REQUEST, 1, END, NOTHING, 0, "invalid_request_error: no", 0 },
	{ "400 that is a limit of spending",
	  SAYS(400, ERROR("invalid_request_error",
			  "You have reached your API usage limits")),
	  FAULT_QUOTA, 1, NEXT, KEY_OPEN, 0, "usage limit", 0 },
	{ "400 that is no credit",
	  SAYS(400, ERROR("invalid_request_error",
			  "Your credit balance is too low")),
	  FAULT_QUOTA, 1, NEXT, KEY_OPEN, 0, "credit balance", 0 },
	{ "400 that is too long",
	  SAYS(400,
	       ERROR("invalid_request_error", "prompt is too long: 1 > 0")),
	  FAULT_TOO_LARGE, 1, END, NOTHING, 0, "too long", 0 },
	{ "schema that is not taken",
	  SAYS(400, ERROR("invalid_request_error", "output_config: extra")),
	  FAULT_REQUEST, 2, END, NOTHING, 0, "output_config", 0 },
	{ "429 that is a limit of spending",
	  SAYS(429, CODE("enforced_spend_limit_reached")), FAULT_QUOTA, 1, NEXT,
	  KEY_OPEN, 0, "enforced_spend_limit_reached", 0 },
	{ "429 that is the contract's",
	  SAYS(429, CODE("contract_spend_limit_reached")), FAULT_QUOTA, 1, NEXT,
	  KEY_OPEN, 0, NULL, 0 },
	{ "429 while traffic grows", SAYS(429, CODE("ramp_limit_exceeded")),
	  FAULT_RATE, 3, NEXT, NOTHING, 0, NULL, 0 },
	{ "429 in plain text", SAYS(429, "Retry later"), FAULT_RATE, 3, NEXT,
	  NOTHING, 0, "HTTP 429: Retry later", 0 },
	{ "401 without a body", SAYS(401, ""), FAULT_AUTH, 1, NEXT, KEY_OPEN, 0,
	  "HTTP 401 without a body", 0 },
	{ "error of a known name with a status that lies",
	  SAYS(500, ERROR("authentication_error", "no")), FAULT_AUTH, 1, NEXT,
	  KEY_OPEN, 0, NULL, 0 },
	{ "key that is quoted",
	  SAYS(401, ERROR("authentication_error",
			  "no such key: sk-planted-0123456789")),
	  FAULT_AUTH, 1, NEXT, KEY_OPEN, 0, "no such key: [", 0 },
	{ "server that says not to try again",
	  { .status = 529, .headers = { "x-should-retry: false" } },
	  FAULT_OVERLOADED,
	  1,
	  NEXT,
	  LEFT_ALONE,
	  0,
	  NULL,
	  0 },
	{ "redirect",
	  { .status = 307, .headers = { "location: https://else.test/a?k=1" } },
	  FAULT_ENVELOPE,
	  1,
	  NEXT,
	  NOTHING,
	  0,
	  "HTTP 307 leads to 'https://else.test/a'; `url`",
	  0 },
};

Test(outcomes, of_what_anthropic_replies)
{
	outcomes_check(&kind, rows, ARRAY_LEN(rows));
}

Test(outcomes, of_every_status_anthropic_has)
{
	outcomes_check_statuses(&kind, outcome_statuses, outcome_status_count);
}

Test(outcomes, of_no_reply_from_anthropic)
{
	outcomes_check_no_reply(&kind);
}
