#include "unit.h"

#include "outcomes.h"
#include "services/kinds.h"

/* 2,000 nano-USD a token read, 100 from the cache, 10,000 written. */
#define USAGE "{'prompt_tokens':100,'completion_tokens':50}"
#define PAID  (100 * 2000 + 50 * 10000)

#define WHOLE(message, reason, usage)                                         \
	"{'id':'c','object':'chat.completion','model':'gpt-6.1-sol',"         \
	"'choices':[{'index':0,'message':" message ",'finish_reason':" reason \
	"}],'usage':" usage "}"
#define SAID(text)  "{'role':'assistant','content':'" text "','refusal':null}"
#define GOOD(usage) WHOLE(SAID("{}"), "'stop'", usage)
#define ERROR(code, text)                                             \
	"{'error':{'type':'invalid_request_error','code':'" code "'," \
	"'param':null,'message':'" text "'}}"
#define PARAM(name, text)                                                     \
	"{'error':{'type':'invalid_request_error','code':null,'param':'" name \
	"','message':'" text "'}}"
#define GOOGLE(details)                                  \
	"[{'error':{'code':429,'message':'no','status':" \
	"'RESOURCE_EXHAUSTED','details':[{'@type':'x'}," details "]}}]"

static const struct outcome_kind kind = { .ops = &openai_service };

/* As those of Anthropic. */
static const struct outcome_row rows[] = {
	{ "answer", SAYS(200, GOOD(USAGE)), FAULT_NONE, 1, ANSWERED, NOTHING,
	  PAID, NULL, 0 },
	{ "answer behind a byte order mark",
	  SAYS(200, "\xef\xbb\xbf" GOOD(USAGE)), FAULT_NONE, 1, ANSWERED,
	  NOTHING, PAID, NULL, 0 },
	{ "unknown fields",
	  SAYS(200, "{'new':[1],'model':'gpt-6.1-sol','choices':[{'new':{},"
		    "'message':{'content':'{}','new':null},'finish_reason':"
		    "'stop'}],'usage':{'prompt_tokens':100,"
		    "'completion_tokens':50,'new':[{}]}}"),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "end as servers of one's own call it",
	  SAYS(200, WHOLE(SAID("{}"), "'eos'", USAGE)), FAULT_NONE, 1, ANSWERED,
	  NOTHING, PAID, NULL, 0 },
	{ "refusal of nothing",
	  SAYS(200, WHOLE("{'content':'{}','refusal':''}", "'stop'", USAGE)),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },

	/* nothing, or not what it should be */
	{ "empty", SAYS(200, ""), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "HTTP 200 without a body", 0 },
	{ "blank", SAYS(200, "\r\n"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "HTTP 200 without a body", 0 },
	{ "no content", SAYS(204, ""), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "HTTP 204 without a body", 0 },
	{ "cut", SAYS(200, "{'choices':[{'message':{'cont"), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "HTTP 200, not JSON", 0 },
	{ "more behind it", SAYS(200, GOOD(USAGE) "{}"), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "not JSON", 0 },
	{ "web page", SAYS(200, "\n<html>login</html>"), FAULT_ENVELOPE, 3,
	  NEXT, NOTHING, WORST, "web page: does `url`", 0 },
	{ "web page of an error", SAYS(503, "<html>"), FAULT_OVERLOADED, 3,
	  NEXT, LEFT_ALONE, 0, "HTTP 503 with a web page", 0 },
	{ "events that nobody wanted", STREAMS("data: {}\n\ndata: [DONE]\n\n"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "not JSON", 0 },
	{ "list", SAYS(200, "[]"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "choices.0", 0 },
	{ "text", SAYS(200, "'ok'"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "choices.0", 0 },
	{ "no choices", SAYS(200, "{'choices':[]}"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "choices.0", 0 },
	{ "choices of another type", SAYS(200, "{'choices':'stop'}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "choices.0", 0 },
	{ "content of another type",
	  SAYS(200, WHOLE("{'content':{}}", "'stop'", USAGE)), FAULT_ENVELOPE,
	  3, NEXT, NOTHING, PAID, "content: a string", 0 },
	{ "no content in it",
	  SAYS(200, WHOLE("{'content':null}", "'stop'", USAGE)), FAULT_ENVELOPE,
	  3, NEXT, NOTHING, PAID, "content: a string", 0 },
	{ "NUL",
	  { .status = 200,
	    .headers = OUTCOME_JSON,
	    .body = "{'choices':\0[]}",
	    .body_len = 15 },
	  FAULT_ENVELOPE,
	  3,
	  NEXT,
	  NOTHING,
	  WORST,
	  "control character",
	  0 },
	{ "not UTF-8", SAYS(200, "{'choices':'\xc3'}"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "not UTF-8", 0 },
	{ "names twice", SAYS(200, "{'choices':[],'choices':[]}"),
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
	{ "error inside of a success", SAYS(200, ERROR("server_error", "no")),
	  FAULT_SERVER, 3, NEXT, LEFT_ALONE, WORST, "server_error", 0 },
	{ "error in words inside of a success",
	  SAYS(200, "{'error':'model is loading'}"), FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, WORST, "model is loading", 0 },
	{ "rate limit inside of a success",
	  SAYS(200, ERROR("rate_limit_exceeded", "no")), FAULT_RATE, 3, NEXT,
	  NOTHING, WORST, NULL, 0 },
	{ "no quota inside of a success",
	  SAYS(200, ERROR("insufficient_quota", "no")), FAULT_QUOTA, 1, NEXT,
	  KEY_OPEN, WORST, NULL, 0 },

	/* how answers end */
	{ "cut at max_tokens", SAYS(200, WHOLE(SAID("{}"), "'length'", USAGE)),
	  FAULT_TRUNCATED, 1, END, NOTHING, PAID, "cut at 1000 tokens", 0 },
	{ "all thought and no answer",
	  SAYS(200, WHOLE("{'content':null}", "'length'", USAGE)),
	  FAULT_TRUNCATED, 1, END, NOTHING, PAID, "cut at 1000 tokens", 0 },
	{ "content filter",
	  SAYS(200, WHOLE(SAID("{}"), "'content_filter'", USAGE)),
	  FAULT_REFUSED, 1, NEXT, NOTHING, PAID, "declined", 0 },
	{ "refusal",
	  SAYS(200, WHOLE("{'content':null,'refusal':'I will not'}", "'stop'",
			  USAGE)),
	  FAULT_REFUSED, 1, NEXT, NOTHING, PAID, "declined", 0 },
	{ "tool that nobody offered",
	  SAYS(200, WHOLE("{'content':null,'tool_calls':[]}", "'tool_calls'",
			  USAGE)),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, PAID, "unknown reason", 0 },
	{ "no reason", SAYS(200, WHOLE(SAID("{}"), "null", USAGE)),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, PAID, "finish_reason", 0 },
	{ "unknown reason", SAYS(200, WHOLE(SAID("{}"), "'new'", USAGE)),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, PAID, "unknown reason", 0 },
	{ "no text", SAYS(200, WHOLE(SAID(""), "'stop'", USAGE)), FAULT_ANSWER,
	  2, NEXT, NOTHING, PAID, NULL, 0 },
	{ "prose", SAYS(200, WHOLE(SAID("I looked."), "'stop'", USAGE)),
	  FAULT_ANSWER, 2, NEXT, NOTHING, PAID, "not JSON", 0 },

	/* usage */
	{ "usage is missing",
	  SAYS(200, "{'choices':[{'message':{'content':'{}'},"
		    "'finish_reason':'stop'}]}"),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is null", SAYS(200, GOOD("null")), FAULT_NONE, 1, ANSWERED,
	  NOTHING, WORST, NULL, 0 },
	{ "usage is a number", SAYS(200, GOOD("17")), FAULT_NONE, 1, ANSWERED,
	  NOTHING, WORST, NULL, 0 },
	{ "usage is zero",
	  SAYS(200, GOOD("{'prompt_tokens':0,'completion_tokens':0}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, 0, NULL, 0 },
	{ "output is missing", SAYS(200, GOOD("{'prompt_tokens':1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "input is missing", SAYS(200, GOOD("{'completion_tokens':1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is negative",
	  SAYS(200, GOOD("{'prompt_tokens':-1,'completion_tokens':1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is a fraction",
	  SAYS(200, GOOD("{'prompt_tokens':1,'completion_tokens':0.5}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is text",
	  SAYS(200, GOOD("{'prompt_tokens':'1','completion_tokens':'1'}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage overflows",
	  SAYS(200, GOOD("{'prompt_tokens':9223372036854775807,"
			 "'completion_tokens':9223372036854775807}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is infinite",
	  SAYS(200, GOOD("{'prompt_tokens':1,'completion_tokens':-1e999}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is more than was sent could be",
	  SAYS(200, GOOD("{'prompt_tokens':1,'completion_tokens':9000000}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "more is cached than there was",
	  SAYS(200, GOOD("{'prompt_tokens':10,'completion_tokens':1,"
			 "'prompt_tokens_details':{'cached_tokens':11}}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "cached usage is negative",
	  SAYS(200, GOOD("{'prompt_tokens':10,'completion_tokens':1,"
			 "'prompt_tokens_details':{'cached_tokens':-1}}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "cached tokens are among those of the prompt",
	  SAYS(200, GOOD("{'prompt_tokens':1100,'completion_tokens':50,"
			 "'prompt_tokens_details':{'cached_tokens':1000}}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID + 1000 * 100, NULL, 0 },
	{ "no details of usage",
	  SAYS(200, GOOD("{'prompt_tokens':100,'completion_tokens':50,"
			 "'prompt_tokens_details':null}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },

	/* errors by name; statuses by themselves are below */
	{ "wrong request", SAYS(400, ERROR("new", "no")), FAULT_REQUEST, 1, END,
	  NOTHING, 0, "new: no", 0 },
	{ "prompt that is too long",
	  SAYS(400, ERROR("context_length_exceeded", "no")), FAULT_TOO_LARGE, 1,
	  END, NOTHING, 0, NULL, 0 },
	{ "prompt that is filtered", SAYS(400, ERROR("content_filter", "no")),
	  FAULT_REFUSED, 1, NEXT, NOTHING, 0, NULL, 0 },
	{ "400 that is no money",
	  SAYS(400, ERROR("billing_hard_limit_reached", "no")), FAULT_QUOTA, 1,
	  NEXT, KEY_OPEN, 0, NULL, 0 },
	{ "429 that is no money", SAYS(429, ERROR("insufficient_quota", "no")),
	  FAULT_QUOTA, 1, NEXT, KEY_OPEN, 0, "insufficient_quota", 0 },
	{ "429 with a wait",
	  { .status = 429,
	    .headers = { "retry-after: 2" },
	    .body = ERROR("rate_limit_exceeded", "no"),
	    .after_ms = 10 },
	  FAULT_RATE,
	  3,
	  NEXT,
	  NOTHING,
	  0,
	  NULL,
	  0 },
	{ "429 with a wait beyond belief",
	  { .status = 429,
	    .headers = { "retry-after: 99999999999999999999" },
	    .body = ERROR("rate_limit_exceeded", "no"),
	    .after_ms = 10 },
	  FAULT_RATE,
	  1,
	  NEXT,
	  TOLD_TO_WAIT,
	  0,
	  NULL,
	  0 },
	{ "429 with a wait shorter than its limits take to fill",
	  { .status = 429,
	    .headers = { "retry-after: 1", "x-ratelimit-remaining-tokens: 0",
			 "x-ratelimit-limit-tokens: 150000",
			 "x-ratelimit-reset-tokens: 6m0s" },
	    .body = ERROR("rate_limit_exceeded", "no"),
	    .after_ms = 10 },
	  FAULT_RATE,
	  3,
	  NEXT,
	  NOTHING,
	  0,
	  NULL,
	  0 },
	{ "429 of Google's with a wait in its body",
	  SAYS(429, GOOGLE("{'retryDelay':'2s'}")), FAULT_RATE, 3, NEXT,
	  NOTHING, 0, "RESOURCE_EXHAUSTED", 0 },
	{ "429 of Google's for the day",
	  SAYS(429, GOOGLE("{'violations':[{'quotaId':'RequestsPerDay'}]}")),
	  FAULT_QUOTA, 1, NEXT, KEY_OPEN, 0, NULL, 0 },
	{ "model that is gone", SAYS(400, ERROR("model_not_found", "no")),
	  FAULT_MODEL, 1, NEXT, NOTHING, 0, NULL, 0 },
	{ "temperature that is not taken",
	  SAYS(400, PARAM("temperature", "Unsupported value")), FAULT_REQUEST,
	  2, END, NOTHING, 0, NULL, 0 },
	{ "name of max_tokens that is not taken",
	  SAYS(400, PARAM("max_tokens", "Unsupported: max_tokens")),
	  FAULT_REQUEST, 2, END, NOTHING, 0, NULL, 0 },
	{ "error in words", SAYS(404, "{'error':'no such model'}"), FAULT_MODEL,
	  1, NEXT, NOTHING, 0, "no such model", 0 },
	{ "error of another type", SAYS(500, "{'error':17}"), FAULT_SERVER, 3,
	  NEXT, LEFT_ALONE, 0, NULL, 0 },
	{ "error of another shape", SAYS(422, "{'detail':[{'msg':'no'}]}"),
	  FAULT_REQUEST, 1, END, NOTHING, 0, "HTTP 422: {", 0 },
	{ "server that says not to try again",
	  { .status = 503, .headers = { "x-should-retry: false" } },
	  FAULT_OVERLOADED,
	  1,
	  NEXT,
	  LEFT_ALONE,
	  0,
	  NULL,
	  0 },
	{ "redirect without an address",
	  { .status = 302 },
	  FAULT_ENVELOPE,
	  1,
	  NEXT,
	  NOTHING,
	  0,
	  "HTTP 302 leads to ''",
	  0 },
};

Test(outcomes, of_what_openai_replies)
{
	outcomes_check(&kind, rows, ARRAY_LEN(rows));
}

Test(outcomes, of_every_status_openai_has)
{
	outcomes_check_statuses(&kind, outcome_statuses, outcome_status_count);
}

Test(outcomes, of_no_reply_from_openai)
{
	outcomes_check_no_reply(&kind);
}
